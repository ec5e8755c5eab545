// The bar above a notebook: the way back to its page, its neighbours, and the text as it was before the reader changed it.
// Put into the page of JupyterLite's Notebook by book/_live/live/lite.py, with CHAPTERS: [[name, title], …] in order.

const chapters = JSON.parse(document.getElementById("book-chapters").textContent);
const path = () => new URLSearchParams(location.search).get("path") ?? "";
const site = new URL("../../../", location.href.replace(/[^/]*([?#].*)?$/, ""));
const here = chapters.findIndex(([name]) => path() === `${name}.ipynb`);

const link = (text, href, label = text) => {
  const made = document.createElement("a");
  Object.assign(made, { textContent: text, href });
  made.setAttribute("aria-label", label);
  return made;
};
const notebook = (name) => `index.html?path=${encodeURIComponent(`${name}.ipynb`)}`;

const bar = document.createElement("nav");
bar.id = "book-bar";
bar.setAttribute("aria-label", "The Company States Keep");
bar.append(link("The Company States Keep", new URL("index.html", site).href));
if (here >= 0) {
  const [name, title] = chapters[here];
  bar.append(link("Back to the page", new URL(`notebooks/${name}.html`, site).href, `Back to the page: ${title}`));
  const [before, after] = [chapters[here - 1], chapters[here + 1]];
  if (before) bar.append(link("← Previous", notebook(before[0]), `Previous: ${before[1]}`));
  if (after) bar.append(link("Next →", notebook(after[0]), `Next: ${after[1]}`));
  const again = document.createElement("button");
  again.textContent = "Original text";
  again.title = "Your changes are kept in this browser. This opens the chapter as it was; your version stays, under another name.";
  again.addEventListener("click", original);
  bar.append(again);
}
const chosen = document.createElement("input");
Object.assign(chosen, { type: "file", multiple: true, accept: ".ipynb,.zip", hidden: true });
chosen.addEventListener("change", () => assignment([...chosen.files]));
const open = document.createElement("button");
open.textContent = "Open an assignment";
open.title = "Choose the notebook and its world.zip, both at once. They stay in this browser.";
open.addEventListener("click", () => {
  chosen.value = "";
  chosen.click();
});
bar.append(open, chosen);
const note = document.createElement("span");
note.setAttribute("role", "status");
const said = sessionStorage.getItem("book-said") ?? "";
sessionStorage.removeItem("book-said");
note.textContent = "serviceWorker" in navigator && indexedDB ? said : "This browser keeps no data for this page: download what you want to keep.";
bar.append(note);
document.body.prepend(bar);
document.documentElement.style.setProperty("--book-bar", `${bar.offsetHeight}px`);

// The reader's version goes under another name first, so that nothing is lost; then the notebook is read anew.
async function original() {
  const contents = globalThis.jupyterapp?.serviceManager.contents;
  if (!contents) return;
  try {
    const open = globalThis.jupyterapp.shell.currentWidget?.context;
    await open?.save();
    const stem = path().replace(/\.ipynb$/, "");
    const listed = (await contents.get("")).content.map((one) => one.name);
    let number = 1;
    while (listed.includes(`${stem}-yours-${number}.ipynb`)) number += 1;
    const yours = `${stem}-yours-${number}.ipynb`;
    const mine = await contents.get(path(), { content: true });
    await contents.save(yours, { ...mine, name: yours, path: yours });
    await contents.delete(path()); // what is left then is the site's own
    note.textContent = `Your version is kept as ${yours}.`;
    location.reload();
  } catch (error) {
    note.textContent = `The original could not be opened (${error.message}). Your version is as it was.`;
  }
}

// A notebook of one's own and what lies beside it go into a folder of their own. One that is there is kept.
async function assignment(files) {
  const contents = globalThis.jupyterapp?.serviceManager.contents;
  const notebooks = files.filter((file) => file.name.toLowerCase().endsWith(".ipynb"));
  if (!contents || notebooks.length !== 1 || files.length < 2) {
    note.textContent = contents ? "Choose the notebook and its world.zip, both at once." : "The notebook has not started yet. Try again.";
    return;
  }
  try {
    const folder = notebooks[0].name.replace(/( \(\d+\))?\.ipynb$/i, "");
    const name = `${folder}.ipynb`;
    const listed = async (at) => (await contents.get(at, { content: true })).content.map((one) => one.name);
    if (!(await listed("")).includes(folder)) {
      await contents.rename((await contents.newUntitled({ type: "directory" })).path, folder);
    }
    const there = (await listed(folder)).includes(name);
    for (const file of files) {
      const isNotebook = file === notebooks[0];
      if (isNotebook && there) continue; // the student's work is never written over
      const at = { name: isNotebook ? name : file.name.replace(/ \(\d+\)(?=\.)/, ""), writable: true };
      const how = isNotebook ? await asNotebook(file) : await asBytes(file);
      await contents.save(`${folder}/${at.name}`, { ...at, ...how, path: `${folder}/${at.name}` });
    }
    if (there) sessionStorage.setItem("book-said", `${name} was in this browser already: this is it, as you left it.`);
    location.search = `?path=${encodeURIComponent(`${folder}/${name}`)}`;
  } catch (error) {
    note.textContent = `The assignment could not be opened (${error.message}). Is it the notebook that you were given?`;
  }
}

async function asNotebook(file) {
  const content = JSON.parse(await file.text());
  if (!Array.isArray(content.cells)) throw new Error(`${file.name} is no notebook`);
  content.metadata.kernelspec = { display_name: "Python", language: "python", name: "python" }; // the one that is here
  return { type: "notebook", format: "json", mimetype: "application/json", content };
}

async function asBytes(file) {
  const address = await new Promise((done, failed) => {
    const reader = new FileReader();
    Object.assign(reader, { onload: () => done(reader.result), onerror: () => failed(reader.error) });
    reader.readAsDataURL(file);
  });
  return { type: "file", format: "base64", mimetype: "application/zip", content: address.slice(address.indexOf(",") + 1) };
}
