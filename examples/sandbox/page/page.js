// Shows the newest state without losing the reader's place on the page.
setInterval(async () => {
  const answer = await fetch(location.href).catch(() => null);
  document.body.dataset.live = Boolean(answer?.ok);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = document.querySelector("main");
  const next = fresh.querySelector("main");
  if (main.innerHTML !== next.innerHTML) main.replaceWith(next);
}, 1000);
