/** Another window has stored something newer that cannot be had here. Only a reload of the window brings it. */
export class StaleWindowError extends Error {
  override readonly name = 'StaleWindowError';
  readonly code = 'stale_window';

  constructor() {
    super('This window does not have what another window stored');
  }
}
