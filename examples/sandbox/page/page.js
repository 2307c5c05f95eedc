// Shows the newest state without losing the reader's place: only what differs is replaced, and what is new lights up.
const shown = new Map();
const keyed = (element) => [...element.querySelectorAll("[data-key]")];

function update(page) {
  for (const next of page.querySelectorAll("[data-live]")) {
    const element = document.getElementById(next.id);
    const html = shown.get(next.id) ?? element.innerHTML;
    if (html === next.innerHTML) continue;
    const before = new Set(keyed(element).map((part) => part.dataset.key));
    element.innerHTML = next.innerHTML;
    shown.set(next.id, next.innerHTML);
    for (const part of keyed(element)) {
      if (before.has(part.dataset.key)) continue;
      part.classList.add("fresh");
      if (part.dataset.news) tell(part.dataset.news);
    }
  }
}

let telling;
function tell(text) {
  const news = document.getElementById("news");
  news.textContent = text;
  clearTimeout(telling);
  telling = setTimeout(() => (news.textContent = ""), 8000);
}

let tag = "";
async function look() {
  const answer = await fetch(location.href, { headers: { "If-None-Match": tag } }).catch(() => null);
  const alive = Boolean(answer?.ok) || answer?.status === 304;
  document.getElementById("ended").hidden = alive;
  document.body.classList.toggle("over", !alive);
  if (answer?.ok) {
    tag = answer.headers.get("ETag");
    update(new DOMParser().parseFromString(await answer.text(), "text/html"));
  }
  setTimeout(look, document.hidden ? 5000 : 500);
}
look();
