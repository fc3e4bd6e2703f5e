/** Which of the pages of the local server is shown. */
export type PageKind = 'granted' | 'refused' | 'notExpected';

/** The style sheet of the pages, whole. The Content-Security-Policy allows it by its hash. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #eef2f4;
  --glow: #d9ece7;
  --card: #ffffff;
  --edge: #d5dde3;
  --shade: 0 1px 2px rgb(23 34 44 / 6%), 0 16px 40px rgb(23 34 44 / 10%);
  --heading: #17222c;
  --text: #475561;
  --quiet: #55636f;
  --action: #1a6b59;
  --action-over: #12513f;
  --action-text: #ffffff;
  --granted: #1a7f5a;
  --refused: #c0392f;
  --notExpected: #8a5a00;
  --badge: #ffffff;
  --tile: #22333f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10161c;
    --glow: #15292b;
    --card: #1a232b;
    --edge: #303d48;
    --shade: 0 1px 2px rgb(0 0 0 / 30%), 0 16px 40px rgb(0 0 0 / 35%);
    --heading: #f1f5f8;
    --text: #b6c2cc;
    --quiet: #93a1ad;
    --action: #8fd3c1;
    --action-over: #b4e4d7;
    --action-text: #0d2a23;
    --granted: #5fcf9f;
    --refused: #ff8a7d;
    --notExpected: #f2b857;
    --badge: #10161c;
    --tile: #2c4353;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0;
  min-height: 100vh;
  min-height: 100dvh;
  padding: 24px 16px;
  display: flex;
  flex-direction: column;
  align-items: center;
  justify-content: center;
  gap: 24px;
  background: radial-gradient(60rem 30rem at 50% 0, var(--glow), transparent) no-repeat var(--ground);
  color: var(--text);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, Ubuntu, "Helvetica Neue", sans-serif;
  text-align: center;
  overflow-wrap: anywhere;
}
main {
  width: 100%;
  max-width: 29rem;
  padding: 44px 40px;
  background: var(--card);
  border: 1px solid var(--edge);
  border-radius: 20px;
  box-shadow: var(--shade);
}
svg {
  display: block;
  width: 112px;
  height: 96px;
  margin: 0 auto 22px;
}
.tile { fill: var(--tile); }
.granted .badge { fill: var(--granted); }
.refused .badge { fill: var(--refused); }
.notExpected .badge { fill: var(--notExpected); }
.ring { fill: var(--card); }
.sign { fill: none; stroke: var(--badge); stroke-width: 3; stroke-linecap: round; stroke-linejoin: round; }
h1 {
  margin: 0;
  color: var(--heading);
  font-size: 1.5rem;
  font-weight: 650;
  line-height: 1.25;
  letter-spacing: -0.01em;
  text-wrap: balance;
}
p {
  margin: 12px 0 0;
  text-wrap: pretty;
}
a {
  display: inline-block;
  margin-top: 28px;
  padding: 11px 22px;
  border-radius: 10px;
  background: var(--action);
  color: var(--action-text);
  font-weight: 600;
  text-decoration: none;
}
a:hover { background: var(--action-over); }
a:focus-visible { outline: 3px solid var(--action); outline-offset: 3px; }
footer {
  max-width: 29rem;
  color: var(--quiet);
  font-size: 0.8125rem;
  text-wrap: balance;
}
@media (max-width: 480px) {
  main { padding: 36px 24px; }
  a { display: block; }
}
@media (forced-colors: active) {
  a { border: 1px solid; }
}
`;

/** The sign in the badge, around the origin: a tick, a cross, a question mark. */
const SIGNS: Readonly<Record<PageKind, string>> = {
  granted: '<path class="sign" d="m-7 .5 5 5 9-10"/>',
  refused: '<path class="sign" d="m-5-5 10 10M5-5-5 5"/>',
  notExpected: '<path class="sign" d="M-4-3.500a4 4 0 1 1 6 3.500C.500.800 0 1.500 0 3M0 7.500v.010"/>',
};

/** The extension's key with a badge that says how it went. The heading says the same, so it is only a drawing. */
export function statusMark(kind: PageKind): string {
  return `<svg viewBox="-16 0 112 96" aria-hidden="true" focusable="false">
<rect class="tile" width="80" height="80" rx="18"/>
<path transform="translate(3 0) scale(.9)" fill="#f8bb57" fill-rule="evenodd" d="M29 24a16 16 0 1 0 15.200 21H52v7.500a3.500 3.500 0 0 0 7 0V45h3v5a3.500 3.500 0 0 0 7 0v-8a5 5 0 0 0-5-5H44.600A16 16 0 0 0 29 24Zm0 9.500a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13Z"/>
<g transform="translate(76 76)">
<circle class="ring" r="20"/>
<circle class="badge" r="16"/>
${SIGNS[kind]}
</g>
</svg>`;
}
