// Loaded by every page: sees what the page is and fetches only what it needs.
import { facts } from "./facts.mjs";
import { attach as attachTables } from "./tables.mjs";
import { placeWidgets } from "./widget_places.mjs";
import "./page.css";

attachTables();

const features = [];
if (facts.kind === "chapter") features.push(import("./cells.mjs"));
if (facts.kind === "exercise") features.push(import("./exercise.mjs"));
if (facts.kind === "progress") features.push(import("./progress_page.mjs"));
if (placeWidgets()) features.push(import("./widgets.mjs"));
features.push(import("./reader.mjs")); // progress, offline

for (const feature of features) feature.then(({ attach }) => attach());
