// Compile, by the Python that will run them, the modules that instruments open: a browser then need not.
// node compile.mjs LIVE_FOLDER OUT: writes the compiled form of each module to OUT, under its path in its wheel.

import { readFileSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [live, out] = process.argv.slice(2).map((path) => resolve(path));
const { loadPyodide } = await import(pathToFileURL(`${live}/pyodide/pyodide.mjs`).href);
const pyodide = await loadPyodide({ indexURL: `${live}/pyodide/`, stdout: () => {}, stderr: () => {} });
for (const [seen, root] of [["/compiled", out], ["/asked", live]]) {
  mkdirSync(root, { recursive: true });
  pyodide.FS.mkdirTree(seen);
  pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root }, seen);
}
const { packages } = JSON.parse(readFileSync(`${live}/engine.json`, "utf8"));
await pyodide.loadPackage(packages, { messageCallback: () => {} });
try {
  pyodide.runPython(readFileSync(`${dirname(fileURLToPath(import.meta.url))}/warm.py`, "utf8"));
} catch (error) {
  console.error(error.message); // the rest of what node would print is Pyodide's own source
  process.exit(1);
}
