/** Path of the callback URI. */
export const CALLBACK_PATH = '/callback';
