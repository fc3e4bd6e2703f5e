import * as vscode from 'vscode';
import type { TokenFormat } from './tokenFormats';

/** An entry of the list. */
export type TokenFormatItem = vscode.QuickPickItem & { readonly format: TokenFormat };

/** Asks in which format to copy an access token. Undefined when the list was closed. */
export async function pickTokenFormat(): Promise<TokenFormat | undefined> {
  const chosen = await vscode.window.showQuickPick(tokenFormatItems(), {
    title: vscode.l10n.t('Copy Access Token As'),
    placeHolder: vscode.l10n.t('Choose the format to copy the access token in'),
    matchOnDetail: true,
  });
  return chosen?.format;
}

/** The formats, with what each is for. */
export function tokenFormatItems(): TokenFormatItem[] {
  return [
    {
      format: 'header',
      label: vscode.l10n.t('Authorization header'),
      detail: vscode.l10n.t('Authorization: Bearer …, for any HTTP client'),
    },
    {
      format: 'curl',
      label: vscode.l10n.t('cURL command'),
      detail: vscode.l10n.t('A terminal command that asks Box whose token it is'),
    },
    {
      format: 'powershell',
      label: vscode.l10n.t('PowerShell command'),
      detail: vscode.l10n.t('An Invoke-RestMethod call that asks Box whose token it is'),
    },
    {
      format: 'dotenv',
      label: vscode.l10n.t('.env line'),
      detail: vscode.l10n.t('BOX_ACCESS_TOKEN=…, for dotenv and for shells'),
    },
    {
      format: 'http',
      label: vscode.l10n.t('.http request'),
      detail: vscode.l10n.t(
        'A request for REST Client in VS Code or a JetBrains IDE that asks Box whose token it is',
      ),
    },
    {
      format: 'postman',
      label: vscode.l10n.t('Postman environment'),
      detail: vscode.l10n.t(
        'JSON to import, with the variables of Box’s collection; no client secret or refresh token',
      ),
    },
  ];
}

/**
 * What to say after copying.
 * @param until until when the token works, in words: "14:32 (57 minutes)".
 */
export function copiedAs(format: TokenFormat, until: string): string {
  switch (format) {
    case 'header':
      return vscode.l10n.t('Authorization header copied. It works until {0}.', until);
    case 'curl':
      return vscode.l10n.t('cURL command copied. It works until {0}.', until);
    case 'powershell':
      return vscode.l10n.t('PowerShell command copied. It works until {0}.', until);
    case 'dotenv':
      return vscode.l10n.t('.env line copied. It works until {0}.', until);
    case 'http':
      return vscode.l10n.t('.http request copied. It works until {0}.', until);
    case 'postman':
      return vscode.l10n.t(
        'Postman environment copied. It works until {0}. In Postman, select Import and paste it. client_secret and refresh_token are empty: Box replaces a refresh token each time it’s used, so Postman would end your session here.',
        until,
      );
  }
}
