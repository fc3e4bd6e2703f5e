/** The one style sheet of the emulator's pages, light and dark. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f4f6f9; --card: #fff; --text: #1c2733; --muted: #55606d; --line: #d5dbe3;
  --blue: #0b57c4; --blue-strong: #08469f; --on-blue: #fff; --link: #0b57c4;
  --warn: #fff3cd; --on-warn: #5c4300; --error: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14181d; --card: #1e242b; --text: #e8ecf1; --muted: #a5b0bd; --line: #38424e;
    --blue: #2264cc; --blue-strong: #1b54b0; --on-blue: #fff; --link: #8ab8ff;
    --warn: #463a12; --on-warn: #ffe7a0; --error: #ffb4ab;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
.banner { padding: 10px 16px; text-align: center; background: var(--warn); color: var(--on-warn); font-size: 14px; }
main { max-width: 460px; margin: 7vh auto; padding: 0 16px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow: hidden;
  box-shadow: 0 8px 28px rgb(0 0 0 / 8%); }
.bar { background: var(--blue); color: var(--on-blue); padding: 14px 28px; font-weight: 600; }
.body { padding: 28px; }
h1 { margin: 0 0 12px; font-size: 21px; line-height: 1.3; }
p { margin: 0 0 16px; overflow-wrap: anywhere; }
ul { margin: 0 0 24px; padding-left: 22px; }
li { margin: 4px 0; }
label { display: block; margin: 0 0 4px; font-size: 14px; font-weight: 600; }
input { width: 100%; padding: 10px 12px; margin: 0 0 16px; font: inherit; color: inherit;
  background: var(--page); border: 1px solid var(--muted); border-radius: 8px; }
input[aria-invalid] { border-color: var(--error); }
.button { display: block; width: 100%; padding: 11px 16px; border: 0; border-radius: 8px; font: inherit;
  font-weight: 600; text-align: center; text-decoration: none; cursor: pointer;
  background: var(--blue); color: var(--on-blue); }
.button:hover { background: var(--blue-strong); }
.link { display: block; margin: 14px auto 0; padding: 4px 8px; border: 0; background: none; font: inherit;
  color: var(--link); text-decoration: underline; cursor: pointer; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.icon { display: grid; place-items: center; width: 64px; height: 64px; margin: 0 auto 16px; border-radius: 50%;
  background: var(--blue); color: var(--on-blue); font-size: 28px; font-weight: 600; }
.center { text-align: center; }
input + .muted { margin-top: -10px; }
.muted { color: var(--muted); font-size: 14px; }
.error { color: var(--error); font-weight: 600; }
.foot { margin: 20px 0 0; padding-top: 16px; border-top: 1px solid var(--line); text-align: center; }
summary { cursor: pointer; color: var(--link); }
dl { margin: 12px 0 0; font-size: 14px; }
dt { font-weight: 600; }
dd { margin: 0 0 8px; overflow-wrap: anywhere; }
`;
