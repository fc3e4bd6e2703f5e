import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../tools/lib/paths';

type Bundle = Readonly<Record<string, string>>;
type Words = Readonly<Record<string, string>>;

const LANGUAGES = ['de', 'es', 'fr', 'ja'] as const;

/** What VS Code's language packs call a button: where one of ours says the same, it is called the same. */
const BUTTONS: Readonly<Record<(typeof LANGUAGES)[number], Words>> = {
  de: {
    'Sign In': 'Anmelden',
    'Sign Out': 'Abmelden',
    'Move to Trash': 'In Papierkorb verschieben',
    'Delete Permanently': 'Endgültig löschen',
    'Reload Window': 'Fenster neu laden',
    'Try Again': 'Erneut versuchen',
    'Show Log': 'Protokoll anzeigen',
    Remove: 'Entfernen',
    Copy: 'Kopieren',
  },
  es: {
    'Sign In': 'Iniciar sesión',
    'Sign Out': 'Cerrar sesión',
    'Move to Trash': 'Mover a la papelera',
    'Delete Permanently': 'Eliminar permanentemente',
    'Reload Window': 'Recargar ventana',
    'Try Again': 'Reintentar',
    'Show Log': 'Mostrar registro',
    Remove: 'Quitar',
    Copy: 'Copiar',
  },
  fr: {
    'Sign In': 'Se connecter',
    'Sign Out': 'Se déconnecter',
    'Move to Trash': 'Déplacer vers la corbeille',
    'Delete Permanently': 'Supprimer définitivement',
    'Reload Window': 'Recharger la fenêtre',
    'Try Again': 'Réessayer',
    'Show Log': 'Afficher le journal',
    Remove: 'Supprimer',
    Copy: 'Copier',
  },
  ja: {
    'Sign In': 'サインイン',
    'Sign Out': 'サインアウト',
    'Move to Trash': 'ごみ箱に移動',
    'Delete Permanently': '完全に削除',
    'Reload Window': 'ウィンドウの再読み込み',
    'Try Again': '再試行',
    'Show Log': 'ログの表示',
    Remove: '削除',
    Copy: 'コピー',
  },
};

/** Within sentences: where the English has the first, a translation has the word of its language, in whatever form. */
const TERMS: Readonly<Record<string, Readonly<Record<(typeof LANGUAGES)[number], RegExp>>>> = {
  trash: { de: /Papierkorb/, es: /papelera/, fr: /corbeille/i, ja: /ごみ箱/ },
  'Reload this window': {
    de: /Fenster neu/,
    es: /[Rr]ecargue? esta ventana/,
    fr: /[Rr]echarge[rz] cette fenêtre/,
    ja: /再読み込み/,
  },
  clipboard: { de: /Zwischenablage/, es: /portapapeles/i, fr: /presse-papiers/i, ja: /クリップボード/ },
  'status bar': { de: /Statusleiste/, es: /barra de estado/, fr: /barre d[’']état/, ja: /ステータス ?バー/ },
  'secret storage': {
    de: /Geheimnisspeicher|geheimer Speicher|Secret/i,
    es: /secretos/,
    fr: /secrets/,
    ja: /シークレット/,
  },
};

const ICON = /^\$\([\w-]+\) /;

const bundle = (file: string): Bundle => JSON.parse(readFileSync(join(projectRoot, file), 'utf8')) as Bundle;

for (const language of LANGUAGES) {
  describe(`The words of VS Code in l10n/bundle.l10n.${language}.json`, () => {
    const translation = bundle(`l10n/bundle.l10n.${language}.json`);

    for (const [english, own] of Object.entries(BUTTONS[language])) {
      it(`calls “${english}” as VS Code does`, () => {
        const same = Object.entries(translation).filter(([text]) => text.replace(ICON, '') === english);
        assert.ok(same.length > 0, 'no such button');
        for (const [, text] of same) assert.equal(text.replace(ICON, ''), own);
      });
    }

    for (const [term, own] of Object.entries(TERMS)) {
      it(`says “${term}” as VS Code does`, () => {
        const others = Object.entries(translation).filter(
          ([english, text]) =>
            new RegExp(`\\b${term}\\b`).test(english.replace(ICON, '')) && !own[language].test(text),
        );
        assert.deepEqual(others, []);
      });
    }
  });
}
