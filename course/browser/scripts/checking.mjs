// Checks an answer criterion by criterion, with the judge of every other place.
import { session } from "./session.mjs";

const JUDGING = "course_page.judging";

/** Check an answer by the visible criteria. Design comes first: whether points for
 *  behaviour count depends on it.
 *  @param {object} facts of the page
 *  @param {string} source
 *  @param {(name: string) => void} onJudging told which criterion's turn it is
 *  @param {(verdicts: object[]) => void} onVerdicts told all verdicts there are so far
 *  @returns {Promise<object[]>} all verdicts; rejects with `{stopped: true}` when the
 *    reader stops it */
export async function check(facts, source, onJudging, onVerdicts) {
  const { part, slug, criteria } = facts;
  const visible = criteria.filter((criterion) => criterion.visible);
  const findings = {};
  let verdicts = [];
  for (const kind of ["design", "behaviour"]) {
    for (const { name } of visible.filter((criterion) => criterion.kind === kind)) {
      onJudging(name);
      findings[name] = await find(facts, source, name);
      verdicts = await session.call(`${JUDGING}.verdicts`, { part, slug, findings });
      onVerdicts(verdicts);
    }
  }
  return verdicts;
}

/** Fetch and load what judging needs, so that a check need not wait for it.
 *  @param {object} facts of the page
 *  @param {string} source what it imports is fetched too */
export async function prepare({ part, slug }, source) {
  await session.load(["autograder"]);
  await session.call(`${JUDGING}.prepare`, { part, slug, source });
}

/** Nothing interrupts Python from inside a page: what runs too long ends with it. */
async function find(facts, source, criterion) {
  const { part, slug, starter, package: from = null, seconds } = facts;
  await prepare(facts, source);
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    session.stop();
  }, seconds * 1000);
  try {
    const args = { part, slug, starter, source, criterion, package: from };
    return await session.call(`${JUDGING}.find`, args);
  } catch (error) {
    if (!late) throw error;
  } finally {
    clearTimeout(limit);
  }
  await prepare(facts, source);
  return session.call(`${JUDGING}.took_too_long`, { seconds });
}

/** Run an answer from nothing, as a check does, and show what it prints.
 *  @param {string} source
 *  @param {(output: object) => void} onOutput takes each nbformat output
 *  @returns {Promise<boolean>} whether it ran without an error; rejects with
 *    `{stopped: true}` when the reader stops it */
export async function tryOut(source, onOutput) {
  await session.load(["autograder"]);
  await session.call(`${JUDGING}.forget_names`);
  const { ok, stopped } = await session.run("answer", source, onOutput);
  return stopped ? Promise.reject({ stopped }) : ok;
}

/** Run one file of an answer, as `python -m` does, and show what it prints.
 *  @param {string} answer its packed files
 *  @param {string} path of the file
 *  @param {(output: object) => void} onOutput takes each nbformat output
 *  @returns {Promise<boolean>} as `tryOut` */
export async function tryOutFile(answer, path, onOutput) {
  await session.load(["autograder"]);
  const runs = await session.call("course_page.answers.lay_out", { answer, path });
  return tryOut(runs, onOutput);
}
