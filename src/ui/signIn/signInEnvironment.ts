import type { Settings } from '../../apps/settings';
import type { SignInEnvironment } from '../../signIn/methodChooser';
import type { RememberedMethods } from '../../signIn/rememberedMethods';
import type { SignInPlace } from './signIn';

/** Where the editor is, what is set and known for it, and by which name that is remembered. */
export type SignInHere = SignInEnvironment & Pick<SignInPlace, 'name'>;

/** What it takes to know it. */
export interface SignInEnvironmentDependencies {
  readonly settings: Pick<Settings, 'signInMethod' | 'hasOwnRedirectPage'>;
  readonly place: () => Promise<SignInPlace>;
  readonly memory: Pick<RememberedMethods, 'worked'>;
}

/** Everything that decides among the sign-in methods of this window. @throws SettingError */
export async function signInEnvironment({
  settings,
  place,
  memory,
}: SignInEnvironmentDependencies): Promise<SignInHere> {
  const setting = settings.signInMethod();
  const hasOwnPage = settings.hasOwnRedirectPage();
  const here = await place();
  const name = `${here.name}/${hasOwnPage ? 'own page' : ''}`;
  return { ...here, name, setting, hasOwnPage, worked: memory.worked(name) };
}
