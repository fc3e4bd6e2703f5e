import Module from 'node:module';
import * as vscode from './vscode';

// Node has no module `vscode`, and the messages take their texts from it: whoever asks for it gets the stand-in.

type Load = (request: string, ...rest: unknown[]) => unknown;

const load = Reflect.get(Module, '_load') as Load;
const withStub: Load = (request, ...rest) =>
  request === 'vscode' ? vscode : Reflect.apply(load, Module, [request, ...rest]);
Reflect.set(Module, '_load', withStub);
