// What answers programs in terminals, which a window loads when a terminal can first have access.
export { takeAddress } from './address';
export { Consents } from './consents';
export { TerminalHost } from './terminalHost';
export { TerminalKeys } from './terminalKeys';
export { TokenGiver } from './tokenGiver';
export { TokenServer } from './tokenServer';
