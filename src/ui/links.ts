/** Where Box apps are registered. */
export const DEVELOPER_CONSOLE = 'https://app.box.com/developers/console';
