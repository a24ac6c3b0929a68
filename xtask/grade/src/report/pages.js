// Sorting and filtering of the table of students. Without it the table is whole and in the order of names.
"use strict";
const table = document.getElementById("students");
const body = table.tBodies[0];
const heads = [...table.tHead.rows[0].cells];
const key = (row, at) => row.cells[at].dataset.key ?? row.cells[at].textContent.trim();
heads.forEach((head, at) => {
  const button = head.querySelector("button");
  if (!button) return;
  button.addEventListener("click", () => {
    const up = head.getAttribute("aria-sort") !== "ascending";
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const rows = [...body.rows];
    const numbers = head.dataset.kind === "number";
    rows.sort((a, b) => {
      const [x, y] = [key(a, at), key(b, at)];
      const order = numbers ? Number(x || -1) - Number(y || -1) : x.localeCompare(y);
      return up ? order : -order;
    });
    body.append(...rows);
  });
});
const verdict = document.getElementById("verdict");
const words = document.getElementById("words");
const shown = document.getElementById("shown");
const filter = () => {
  let count = 0;
  for (const row of body.rows) {
    const fits = (!verdict.value || row.dataset.verdicts.split(" ").includes(verdict.value))
      && row.textContent.toLowerCase().includes(words.value.toLowerCase());
    row.hidden = !fits;
    count += fits;
  }
  shown.textContent = `${count} of ${body.rows.length} students`;
};
verdict.addEventListener("change", filter);
words.addEventListener("input", filter);
filter();
