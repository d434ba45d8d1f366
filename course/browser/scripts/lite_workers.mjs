// Loaded first by JupyterLite's pages, as a plain script, so that two service workers keep
// apart: JupyterLite takes any worker that controls its page for its own, and when its
// version changes it unregisters all workers of the origin, the book's among them. A browser
// replaces JupyterLite's worker by itself when its file has changed.
(() => {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  const itsOwn = new URL("service-worker.js", document.currentScript.src).pathname;
  const controller = Object.getOwnPropertyDescriptor(
    ServiceWorkerContainer.prototype,
    "controller",
  ).get;
  Object.defineProperty(workers, "controller", {
    get() {
      const found = controller.call(workers);
      return found && new URL(found.scriptURL).pathname === itsOwn ? found : null;
    },
  });
  workers.getRegistrations = async () => [];
})();
