/** A part of which every method gives a promise. */
type Methods<T> = Pick<
  T,
  { [Name in keyof T]: T[Name] extends (...args: never) => Promise<unknown> ? Name : never }[keyof T]
>;

/**
 * A part that is loaded when one of its methods is first called, as the callers of the extension load it.
 * @param load gives the part.
 */
export function loadedPart<T extends object>(load: () => Promise<T>): Methods<T> {
  const call =
    (name: string | symbol) =>
    async (...args: readonly unknown[]): Promise<unknown> => {
      const part = await load();
      return Reflect.apply(Reflect.get(part, name) as (...args: readonly unknown[]) => unknown, part, args);
    };

  return new Proxy({} as Methods<T>, { get: (_, name) => call(name) });
}
