import { type SignInMethodSetting } from '../apps/settings';
import { SignInError } from './errors';
import { type SignInMethod } from './signInMethod';

/**
 * The method to sign in with.
 * @param methods those that there are, the preferred one first.
 * @param setting what the person set.
 * @throws SignInError when the one that was set is not there.
 */
export function chooseMethod(methods: readonly SignInMethod[], setting: SignInMethodSetting): SignInMethod {
  const method = setting === 'auto' ? methods[0] : methods.find(({ name }) => name === setting);
  if (method === undefined) throw new SignInError('method_unavailable');
  return method;
}
