"use strict";

const $ = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
const dark = matchMedia("(prefers-color-scheme: dark)");
const LONGEST = 120; // s
let shown = null;

function element(tag, classes, text) {
  const made = document.createElement(tag);
  if (classes) made.className = classes;
  if (text !== undefined) made.textContent = text;
  return made;
}

function say(text, error = false) {
  $("status").textContent = text;
  $("status").classList.toggle("error", error);
}

function paint() {
  const theme = query.get("theme") || (dark.matches ? "dark" : "light");
  document.documentElement.dataset.theme = theme;
  if (shown) draw(shown);
}

async function judge(blob, name) {
  say(`Listening to ${name} …`);
  try {
    const reply = await fetch("/judge", { method: "POST", body: blob });
    const found = await reply.json();
    if (!reply.ok) throw new Error(found.error);
    $("player").src = URL.createObjectURL(blob);
    shown = found;
    $("sound").hidden = false;
    draw(found);
    say(`${name}: ${found.duration.toFixed(1)} s at ${found.rate} Hz.`);
    document.body.dataset.done = "judged";
  } catch (error) {
    say(error.message, true);
    document.body.dataset.done = "refused";
  }
}

function draw(found) {
  drawWaveform(found.waveform);
  drawSpectrogram(found.spectrogram);
  const marks = [0, 0.25, 0.5, 0.75, 1].map((part) => `${(part * found.duration).toFixed(1)} s`);
  $("axis").replaceChildren(...marks.map((mark) => element("span", "", mark)));
  $("models").replaceChildren(...found.models.map(panel));
}

function surface(id) {
  const canvas = $(id);
  canvas.width = Math.max(canvas.clientWidth, 300) * devicePixelRatio;
  return [canvas.getContext("2d"), canvas.width, canvas.height];
}

function drawWaveform(columns) {
  const [pen, width, height] = surface("waveform");
  const peak = Math.max(...columns.flat().map(Math.abs), 1e-6);
  pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--wave");
  columns.forEach(([low, high], i) => {
    const top = (1 - high / peak) * height / 2;
    const size = Math.max((high - low) / peak * height / 2, 1);
    pen.fillRect(i * width / columns.length, top, Math.ceil(width / columns.length), size);
  });
}

function drawSpectrogram({ bands, frames, data }) {
  const levels = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
  const picture = new ImageData(frames, bands);
  for (let band = 0; band < bands; band++) {
    for (let frame = 0; frame < frames; frame++) {
      const share = levels[band * frames + frame] / 255;
      const at = 4 * ((bands - 1 - band) * frames + frame);
      picture.data.set([255 * Math.min(1, 1.6 * share), 255 * share ** 1.7, 255 * (0.25 + 0.55 * Math.sin(3 * share)), 255], at);
    }
  }
  const small = document.createElement("canvas");
  [small.width, small.height] = [frames, bands];
  small.getContext("2d").putImageData(picture, 0, 0);
  const [pen, width, height] = surface("spectrogram");
  pen.drawImage(small, 0, 0, width, height);
}

function named(model) {
  const made = element("section", "panel model");
  made.append(element("h2", "", model.name));
  made.append(...model.alarms.map((alarm) => element("p", "alarm", alarm)));
  return made;
}

function waiting(model) {
  const made = named(model);
  made.append(element("p", "hint", `Knows ${model.labels.join(", ")}, and waits for a sound.`));
  return made;
}

function panel(model) {
  const made = named(model);
  if (model.error) {
    made.append(element("p", "alarm", model.error));
    return made;
  }
  made.append(element("p", "verdict", model.emotion), rows(model));
  made.append(element("p", "legend", "Share of the whole sound, and of windows of 2 s over time: the fuller the colour, the more probable; hatched where nothing is heard."));
  made.append(...model.notes.map((note) => element("p", "note", `Note: ${note}`)));
  return made;
}

function rows(model) {
  const made = element("div", "rows");
  model.labels.forEach((label, i) => {
    const best = label === model.emotion ? " best" : "";
    const strip = element("div", "strip");
    strip.setAttribute("role", "img");
    strip.setAttribute("aria-label", `${label} over time`);
    strip.append(...model.moments.map((moment) => cell(moment, i)));
    made.append(element("span", best, label));
    made.append(element("span", `share${best}`, `${(100 * model.probabilities[i]).toFixed(0)} %`), strip);
  });
  return made;
}

function cell(moment, i) {
  const heard = moment.probabilities !== null;
  const made = element("i", heard ? "" : "silent");
  const share = heard ? moment.probabilities[i] : 0;
  made.style.opacity = share;
  made.title = `${moment.start.toFixed(1)} to ${moment.end.toFixed(1)} s: ${heard ? `${(100 * share).toFixed(0)} %` : "silence"}`;
  return made;
}

// What a browser records is in a format of its own; the page sends plain WAV.
async function toWav(blob) {
  const context = new AudioContext();
  const sound = await context.decodeAudioData(await blob.arrayBuffer());
  context.close();
  const samples = sound.getChannelData(0);
  const view = new DataView(new ArrayBuffer(44 + 2 * samples.length));
  const word = (at, text) => [...text].forEach((sign, i) => view.setUint8(at + i, sign.charCodeAt(0)));
  word(0, "RIFF"); view.setUint32(4, 36 + 2 * samples.length, true); word(8, "WAVEfmt ");
  view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
  view.setUint32(24, sound.sampleRate, true); view.setUint32(28, 2 * sound.sampleRate, true);
  view.setUint16(32, 2, true); view.setUint16(34, 16, true);
  word(36, "data"); view.setUint32(40, 2 * samples.length, true);
  samples.forEach((value, i) => view.setInt16(44 + 2 * i, Math.max(-1, Math.min(1, value)) * 32767, true));
  return new Blob([view], { type: "audio/wav" });
}

let recorder = null;

async function record() {
  if (recorder) return recorder.stop();
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
  } catch (error) {
    return say(`The microphone cannot be used (${error.name}); allow it, or open a file.`, true);
  }
  const parts = [];
  recorder = new MediaRecorder(stream);
  recorder.ondataavailable = (event) => parts.push(event.data);
  recorder.onstop = async () => {
    stream.getTracks().forEach((track) => track.stop());
    recorder = null;
    $("record").textContent = "● Record";
    $("record").classList.remove("recording");
    judge(await toWav(new Blob(parts)), "Your recording");
  };
  recorder.start();
  setTimeout(() => recorder && recorder.stop(), LONGEST * 1000);
  $("record").textContent = "■ Stop";
  $("record").classList.add("recording");
  say("Recording …");
}

async function introduce() {
  const models = await (await fetch("/models")).json();
  if (!shown) $("models").replaceChildren(...models.map(waiting));
}

async function example() {
  judge(await (await fetch("/example.wav")).blob(), "The example");
}

$("record").onclick = record;
$("example").onclick = example;
$("file").onchange = () => $("file").files[0] && judge($("file").files[0], $("file").files[0].name);
$("drop").ondragover = (event) => { event.preventDefault(); $("drop").classList.add("over"); };
$("drop").ondragleave = () => $("drop").classList.remove("over");
$("drop").ondrop = (event) => {
  event.preventDefault();
  $("drop").classList.remove("over");
  const file = event.dataTransfer.files[0];
  if (file) judge(file, file.name);
};
dark.onchange = paint;
addEventListener("resize", paint);
paint();
introduce();
if (query.has("example")) example();
