// Steps through a lesson. `data.parts` are drawings, each a list of pieces that many of them
// share; a frame is a list of parts; a step has frames, and a covered one while it asks.
"use strict";
const find = (name) => document.getElementById(name);
const data = JSON.parse(find("data").textContent);
const sections = [...document.querySelectorAll("section")];
let step = 0, frame = 0, answered = false, typed = "", playing = 0;

function asks() {
  return data.steps[step].asks && !answered;
}

function frames() {
  return asks() ? [] : data.steps[step].frames;
}

function draw() {
  const shown = data.steps[step], picture = find("picture");
  const parts = asks() && shown.covered ? shown.covered : shown.frames[frame] || [];
  picture.innerHTML = parts.map((number) => {
    const [x, y, width, height, pieces] = data.parts[number];
    return `<svg class="part" x="${x}" y="${y}" width="${width}" height="${height}">` +
      pieces.map((piece) => data.pieces[piece]).join("") + "</svg>";
  }).join("");
  picture.setAttribute("aria-label", asks() ? data.said.covered : shown.labels[frame] || "");
  picture.toggleAttribute("hidden", !parts.length);
  find("card").hidden = !shown.card;
  find("card").innerHTML = shown.card;
  find("card").classList.toggle("below", parts.length > 0);
  picture.setAttribute("viewBox", `0 0 ${shown.size[0]} ${shown.size[1]}`);
  const many = frames().length > 1;
  find("frames").hidden = !many;
  if (many) {
    const slider = find("slider");
    slider.max = shown.frames.length;
    slider.value = frame + 1;
    slider.setAttribute("aria-valuetext", shown.labels[frame]);
    find("frame").textContent = `${frame + 1} / ${shown.frames.length}`;
    find("less").disabled = frame === 0;
    find("more").disabled = frame === shown.frames.length - 1;
  }
}

// Words as large as all of them fit, down to what can still be read.
function fit() {
  const words = find("words");
  words.style.fontSize = "";
  let size = parseFloat(getComputedStyle(words).fontSize);
  while (words.scrollHeight > words.clientHeight && size > 15) {
    words.style.fontSize = `${--size}px`;
  }
}

function show() {
  sections.forEach((section, number) => { section.hidden = number !== step; });
  const asked = sections[step].querySelector(".answer");
  if (asked) asked.hidden = asks();
  const hint = sections[step].querySelector(".hint");
  if (hint) hint.hidden = !asks();
  find("place").textContent = `${step + 1} / ${sections.length}`;
  find("back").disabled = step === 0;
  find("on").disabled = step === sections.length - 1 && !asks();
  find("on").textContent = asks() ? data.said.answer : data.said.on;
  draw();
  fit();
}

function goTo(number) {
  stop();
  step = Math.min(Math.max(number, 0), sections.length - 1);
  frame = data.steps[step].place;
  answered = false;
  history.replaceState(null, "", `#${step + 1}`);
  find("words").scrollTop = 0;
  show();
}

function on() {
  if (asks()) {
    answered = true;
    show();
  } else if (step < sections.length - 1) {
    goTo(step + 1);
  }
}

function look(number) {
  const last = frames().length - 1;
  if (last < 1) return;
  frame = Math.min(Math.max(number, 0), last);
  draw();
}

function stop() {
  clearInterval(playing);
  playing = 0;
  find("play").textContent = "▶";
}

function play() {
  if (playing) return stop();
  const last = frames().length - 1;
  if (last < 1) return;
  look(frame === last ? 0 : frame + 1);
  find("play").textContent = "❚❚";
  playing = setInterval(() => (frame < frames().length - 1 ? look(frame + 1) : stop()), 700);
}

function fullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
}

function black() {
  find("black").hidden = !find("black").hidden;
}

const many = () => frames().length > 1;
const keys = {
  PageDown: on,
  PageUp: () => goTo(step - 1),
  ArrowDown: on,
  ArrowUp: () => goTo(step - 1),
  ArrowRight: () => (many() ? (stop(), look(frame + 1)) : on()),
  ArrowLeft: () => (many() ? (stop(), look(frame - 1)) : goTo(step - 1)),
  Home: () => (many() ? (stop(), look(0)) : goTo(0)),
  End: () => (many() ? (stop(), look(frames().length - 1)) : goTo(sections.length - 1)),
  " ": () => (many() ? play() : on()),
  Backspace: () => goTo(step),
  Enter: () => { if (typed) goTo(Number(typed) - 1); },
  b: black,
  f: fullScreen,
  Escape: () => { find("black").hidden = true; },
};

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.metaKey || event.target.id === "slider" && event.key !== "PageDown" &&
      event.key !== "PageUp") return;
  const pressed = event.target.closest("button");
  if (pressed && (event.key === " " || event.key === "Enter" && !typed)) return;
  if (event.ctrlKey) {
    if (event.key === "Home") goTo(0);
    else if (event.key === "End") goTo(sections.length - 1);
    return;
  }
  if (/^[0-9]$/.test(event.key)) {
    typed = (typed + event.key).slice(-3);
    return;
  }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (keys[key]) {
    event.preventDefault();
    keys[key]();
  }
  typed = "";
});
find("on").addEventListener("click", on);
find("back").addEventListener("click", () => goTo(step - 1));
find("less").addEventListener("click", () => { stop(); look(frame - 1); });
find("more").addEventListener("click", () => { stop(); look(frame + 1); });
find("play").addEventListener("click", play);
find("whole").addEventListener("click", fullScreen);
find("black").addEventListener("click", black);
find("slider").addEventListener("input", (event) => { stop(); look(event.target.value - 1); });
window.addEventListener("hashchange", () => goTo((parseInt(location.hash.slice(1)) || 1) - 1));
window.addEventListener("resize", fit);
document.fonts.ready.then(fit);
goTo((parseInt(location.hash.slice(1)) || 1) - 1);
