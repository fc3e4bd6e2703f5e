/** Where events go that nobody needs to be told about. No token, code, secret or URL with a query is ever passed. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
