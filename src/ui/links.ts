/** Where Box apps are registered. */
export const DEVELOPER_CONSOLE = 'https://app.box.com/developers/console';

/** Scheme of the documents that show reports of checks. */
export const REPORT_SCHEME = 'box-authentication-report';

/** Command behind a link of the progress notification, given the number of the sign-in: copies the link to the Box page. */
export const COPY_LINK_COMMAND = 'box-authentication.copySignInLink';
/** Likewise: asks for the answer of the Box page. */
export const PASTE_COMMAND = 'box-authentication.pasteSignInAddress';
/** Likewise: shows what may be the matter. */
export const TROUBLE_COMMAND = 'box-authentication.showSignInTrouble';
