// The other half of engine.js: Pyodide in a Web Worker.  Every wheel is compared with its sum before it is used.

let answer = null; // the Python function that all calls go through

const say = (share, text) => postMessage({ progress: { share, text } });

class Trouble extends Error {
  constructor(code, message, fatal = true) {
    super(message);
    Object.assign(this, { code, fatal });
  }
}

async function bytesOf(url, onBytes) {
  let reply;
  try {
    reply = await fetch(url);
    if (!reply.ok) throw new Error(reply.status);
    const parts = [];
    for (let reader = reply.body.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      onBytes(value.length);
    }
    return await new Blob(parts).arrayBuffer();
  } catch (error) {
    const name = url.pathname.split("/").pop();
    throw new Trouble("network", `A part of Python could not be fetched from this site (${name}: ${error.message}). Check your connection and start again.`);
  }
}

const hexadecimal = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function fetched(folder, { file, sha256 }, onBytes) {
  const content = await bytesOf(new URL(file, folder), onBytes);
  // without a secure context there is no digest here; the browser then compares the sums that Pyodide hands to it
  if (!crypto.subtle) return null;
  if (hexadecimal(await crypto.subtle.digest("SHA-256", content)) !== sha256) {
    throw new Trouble("checksum", `A part of Python is not what it should be (${file}): its checksum differs, so it was not used. Reload the page; if that does not help, tell whoever runs this site.`);
  }
  return content;
}

async function begin({ live, lock, packages, wheels }) {
  navigator.locks?.request(lock, () => {
    postMessage({ alive: true });
    return new Promise(() => {}); // held as long as this worker lives
  });
  const folder = new URL("pyodide/", live);
  const all = wheels.reduce((sum, { bytes }) => sum + bytes, 0);
  let come = 0;
  say(0, "Fetching Python");
  const onBytes = (bytes) => {
    come += bytes;
    say(0.6 * Math.min(come / all, 1), "Fetching Python");
  };
  const core = import(new URL("pyodide.mjs", folder)).then(
    ({ loadPyodide }) => loadPyodide({ indexURL: folder.href }),
  );
  const [pyodide, ...contents] = await Promise.all([core, ...wheels.map((wheel) => fetched(folder, wheel, onBytes))]);
  say(0.6, "Unpacking Python");
  await handedOver(new Map(wheels.map(({ file }, k) => [new URL(file, folder).href, contents[k]])), () =>
    pyodide.loadPackage(packages, { messageCallback: () => {} }),
  );
  say(0.8, "Opening the library");
  const source = await (await fetch(new URL("instruments.py", live))).text();
  pyodide.FS.writeFile("/home/pyodide/instruments.py", source);
  answer = pyodide.pyimport("instruments").answer;
  pyodide._api.on_fatal = (error) => { answer = null; console.warn(String(error)); };
  say(1, "Python is ready");
}

// What has been fetched and checked is what Pyodide gets when it fetches it.
async function handedOver(held, load) {
  const plain = self.fetch;
  self.fetch = (resource, options) => {
    const content = held.get(String(resource?.url ?? resource));
    return content ? Promise.resolve(new Response(content)) : plain(resource, options);
  };
  try {
    await load();
  } finally {
    self.fetch = plain;
  }
}

function call(name, payload) {
  const { result, error } = JSON.parse(answer(name, payload));
  if (error) throw new Trouble(error.code, error.message, error.code === "memory");
  return result;
}

// Python's errors are long; the reader gets the last line, the console all of it.
function described(error) {
  if (error instanceof Trouble) return { code: error.code, message: error.message, fatal: error.fatal };
  const text = String(error?.message ?? error);
  if (error instanceof RangeError || /out of memory|MemoryError|could not allocate/i.test(text)) {
    return { code: "memory", message: "The memory that this browser gives to a page is used up. Close other tabs and start again.", fatal: true };
  }
  console.warn(text);
  const last = text.trim().split("\n").pop();
  return { code: "python", message: `Python came upon something it could not do (${last}).`, fatal: error?.name !== "PythonError" };
}

self.onmessage = async ({ data }) => {
  try {
    const result = data.start ? await begin(data.start) : call(data.name, data.payload);
    postMessage({ number: data.number, result: result ?? null });
  } catch (error) {
    postMessage({ number: data.number, error: described(error) });
  }
};
