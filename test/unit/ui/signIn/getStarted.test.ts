import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import '../../support/vscodeStub';
import { DEVELOPER_CONSOLE } from '../../../../src/ui/links';

interface Step {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly completionEvents: readonly string[];
  readonly media: { readonly image: Readonly<Record<string, string>>; readonly altText: string };
}
interface Manifest {
  readonly contributes: {
    readonly walkthroughs: readonly [{ id: string; title: string; description: string; steps: Step[] }];
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly menus: { readonly commandPalette: readonly { command: string; when: string }[] };
    readonly configuration: { readonly properties: Readonly<Record<string, { default: unknown }>> };
  };
}

const ROOT = join(__dirname, '../../../..');
const read = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
const { contributes } = read('package.json') as Manifest;
const texts = read('package.nls.json') as Readonly<Record<string, string>>;
const [walkthrough] = contributes.walkthroughs;
const { steps } = walkthrough;

/** The text behind a `%key%`. */
function text(reference: string): string {
  const [, key = ''] = /^%(.+)%$/.exec(reference) ?? [];
  return texts[key] ?? '';
}

/** Where the links of a step lead. */
function links({ description }: Step): string[] {
  return [...text(description).matchAll(/\]\(([^)\s]+)\)/g)].map(([, address = '']) => address);
}

/** The commands that a step's links run, with their arguments. */
function commands(step: Step): { command: string; argument: unknown }[] {
  return links(step)
    .filter((address) => address.startsWith('command:'))
    .map((address) => {
      const [command = '', query] = address.slice('command:'.length).split('?');
      return { command, argument: query && (JSON.parse(decodeURIComponent(query)) as unknown) };
    });
}

describe('The walkthrough getStarted', () => {
  it('has the six steps from a Box app to a sign-out, each completed by what it is about', () => {
    assert.equal(walkthrough.id, 'getStarted');
    assert.deepEqual(
      steps.map(({ id, completionEvents: [event, ...others] }) => [id, event, others.length]),
      [
        ['registerApp', 'onContext:box-authentication.hasApp', 0],
        ['signIn', 'onContext:box-authentication.signedIn', 0],
        ['copyToken', 'onContext:box-authentication.didCopyToken', 0],
        ['useInTerminal', 'onContext:box-authentication.didOpenTerminal', 0],
        ['useFromExtension', 'onContext:box-authentication.didCopyCall', 0],
        ['signOut', 'onContext:box-authentication.didSignOut', 0],
      ],
    );
  });

  it('has every one of its texts in package.nls.json', () => {
    const references = steps.flatMap(({ title, description, media }) => [title, description, media.altText]);
    for (const reference of [walkthrough.title, walkthrough.description, ...references]) {
      assert.notEqual(text(reference), '', reference);
    }
  });

  it('has a picture for light, dark and both high contrasts, none above 60 kB and none left over', () => {
    const named = new Set<string>();
    for (const { media } of steps) {
      assert.deepEqual(Object.keys(media.image).sort(), ['dark', 'hc', 'hcLight', 'light']);
      for (const [look, path] of Object.entries(media.image)) {
        assert.match(path, look.toLowerCase().includes('light') ? /-light\.png$/ : /-dark\.png$/);
        assert.ok(statSync(join(ROOT, path)).size <= 60_000, path);
        named.add(path);
      }
    }
    const present = readdirSync(join(ROOT, 'media/walkthrough')).map((name) => `media/walkthrough/${name}`);
    assert.deepEqual(present.sort(), [...named].sort());
  });

  it('links only to commands of the manifest, apart from this extension’s page', () => {
    const contributed = new Set(contributes.commands.map(({ command }) => command));
    const foreign = steps.flatMap(commands).filter(({ command }) => !contributed.has(command));
    assert.deepEqual(foreign, [{ command: 'extension.open', argument: ['vscode-box.box-authentication'] }]);
  });

  it('says the default redirect URIs, has both copied, and opens the Developer Console', () => {
    const [register] = steps;
    assert.ok(register);
    const { properties } = contributes.configuration;
    const ports = properties['box-authentication.localServerPorts']?.default as readonly number[];
    const page = properties['box-authentication.redirectPage']?.default as string;
    assert.ok(text(register.description).includes(`\`\`${page}\`\``));
    assert.ok(text(register.description).includes(`\`\`http://127.0.0.1:${ports[0] ?? 0}/callback\`\``));
    const copied = commands(register).filter(({ command }) => command.endsWith('.copyRedirectUri'));
    assert.deepEqual(
      copied.map(({ argument }) => argument),
      ['redirectPage', 'localServer'],
    );
    assert.ok(links(register).includes(DEVELOPER_CONSOLE));
  });

  it('keeps what only its buttons need out of the command palette', () => {
    const hidden = contributes.menus.commandPalette.filter(({ when }) => when === 'false');
    assert.deepEqual(hidden.map(({ command }) => command).sort(), [
      'box-authentication.copyGetSessionCall',
      'box-authentication.copyRedirectUri',
      'box-authentication.copyReport',
      'box-authentication.showRedirectUris',
    ]);
  });
});
