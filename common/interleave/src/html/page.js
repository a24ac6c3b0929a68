// Steps through the story: everything on the page follows one number, the step.
"use strict";
(() => {
  const story = JSON.parse(document.getElementById("story").textContent);
  const last = story.steps.length;
  const find = (id) => document.getElementById(id);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const slider = find("slider"), play = find("play"), previous = find("previous"), next = find("next");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let now = 0, timer = 0;

  document.documentElement.classList.remove("nojs");

  // Who is where, holds what and waits for what, after the first `count` steps.
  const stateAfter = (count) => {
    const threads = story.threads.map(() => ({ at: null, holds: [], waits: "", begun: false }));
    for (const step of story.steps.slice(0, count)) {
      const thread = threads[step.thread];
      thread.begun = true;
      thread.waits = "";
      if (step.line) thread.at = step.line;
      if (step.takes) thread.holds.push(step.takes);
      if (step.gives) {
        const held = thread.holds.lastIndexOf(step.gives);
        if (held >= 0) thread.holds.splice(held, 1);
      }
      if (step.waits) thread.waits = step.waits;
    }
    return threads;
  };

  const keepInView = (box, inner) => {
    if (!box || !inner || box.scrollHeight <= box.clientHeight) return;
    const outer = box.getBoundingClientRect(), own = inner.getBoundingClientRect();
    const room = Math.min(60, outer.height / 5);
    let by = 0;
    if (own.top < outer.top + room) by = own.top - outer.top - room;
    else if (own.bottom > outer.bottom - room) by = own.bottom - outer.bottom + room;
    if (by) box.scrollBy({ top: by, behavior: still.matches ? "auto" : "smooth" });
  };

  const showPicture = () => {
    for (const step of all("svg .step")) step.classList.toggle("now", Number(step.dataset.step) === now);
    for (const curtain of all("svg .curtain")) {
      const current = curtain.parentNode.querySelector(".step.now");
      const from = Number(current.dataset.bottom), to = Number(curtain.dataset.bottom);
      curtain.setAttribute("y", from);
      curtain.setAttribute("height", Math.max(0, to - from));
      if (curtain.getClientRects().length) keepInView(curtain.closest(".scroll"), current);
    }
  };

  const badge = (thread, state, current) => {
    const chip = document.createElement("span");
    const colour = `var(--t${thread % 6})`;
    chip.className = current ? "badge now" : "badge";
    chip.style.borderColor = colour;
    chip.style.color = colour;
    if (current) chip.style.background = colour;
    chip.textContent = story.threads[thread] + (state.waits ? " waits" : "");
    return chip;
  };

  const showSource = (state, step) => {
    for (const cell of all(".code .who")) cell.replaceChildren();
    for (const row of all(".code tr.now")) row.classList.remove("now");
    state.forEach((thread, number) => {
      const row = thread.at && find(thread.at);
      if (row) row.querySelector(".who").append(badge(number, thread, number === step.thread), " ");
    });
    const row = step.line && find(step.line);
    if (row) {
      row.classList.add("now");
      keepInView(row.closest(".scroll"), row);
    }
  };

  const showTable = (state, step) => {
    for (const row of all(".live tbody tr")) {
      const number = Number(row.dataset.thread), thread = state[number];
      const holders = state.flatMap((other, i) => (i !== number && other.holds.includes(thread.waits) ? [story.threads[i]] : []));
      const itself = thread.waits && thread.holds.includes(thread.waits) ? ["itself"] : [];
      const by = [...itself, ...holders];
      const [holds, waits] = row.querySelectorAll("td");
      holds.textContent = thread.holds.join(", ") || (thread.begun ? "nothing" : "no step yet");
      waits.textContent = thread.waits ? thread.waits + (by.length ? `, held by ${by.join(" and ")}` : "") : "–";
      row.classList.toggle("now", number === step.thread);
    }
  };

  const go = (wanted) => {
    const number = Math.min(last, Math.max(1, Math.trunc(wanted) || 1));
    if (number === now) return;
    now = number;
    const step = story.steps[now - 1], state = stateAfter(now);
    slider.value = now;
    slider.setAttribute("aria-valuetext", `step ${now} of ${last}: ${story.threads[step.thread]} ${step.text}`);
    find("count").textContent = `${now} of ${last}`;
    const said = find("said");
    said.textContent = `${step.switched ? "Switch. " : ""}${story.threads[step.thread]} ${step.text}${step.at ? ` (${step.at})` : ""}`;
    said.classList.toggle("bad", step.bad);
    previous.setAttribute("aria-disabled", now === 1);
    next.setAttribute("aria-disabled", now === last);
    for (const item of all(".steps li")) {
      if (Number(item.value) === now) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    }
    showPicture();
    showSource(state, step);
    showTable(state, step);
    const link = `#step=${now}`;
    if (location.hash !== link) {
      try { history.replaceState(null, "", link); } catch { location.replace(link); }
    }
  };

  const fromLink = () => Number(/^#step=(\d{1,6})$/.exec(location.hash)?.[1] ?? 1);
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
  };
  const toggle = () => {
    if (timer) return stop();
    if (now === last) go(1);
    play.textContent = "Pause";
    timer = setInterval(() => {
      go(now + 1);
      if (now === last) stop();
    }, 1500);
  };
  const goByHand = (number) => {
    stop();
    go(number);
  };

  previous.addEventListener("click", () => goByHand(now - 1));
  next.addEventListener("click", () => goByHand(now + 1));
  play.addEventListener("click", toggle);
  slider.addEventListener("input", () => goByHand(slider.valueAsNumber));
  addEventListener("hashchange", () => goByHand(fromLink()));
  for (const step of all("svg .step")) step.addEventListener("click", () => goByHand(Number(step.dataset.step)));
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const busy = event.target.closest?.("button, a, summary");
    const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 1, End: last }[event.key];
    if (to !== undefined) goByHand(to);
    else if (event.key === " " && !busy) toggle();
    else return;
    event.preventDefault();
  });

  go(fromLink());
})();
