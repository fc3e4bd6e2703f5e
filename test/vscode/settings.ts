/** VS Code settings by their full names. */
export type Settings = Readonly<Record<string, unknown>>;

/**
 * What every test run sets: nothing that asks the network, moves while a picture is taken, covers the workbench, or
 * starts a second extension host that no extension here needs.
 * The modal editors would swallow F1, and half-faded notifications would be caught by screenshots.
 */
export const quietSettings: Settings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'extensions.webWorker': false,
  'git.enabled': false,
  'remote.autoForwardPorts': false,
  // Otherwise each host looks through every process of the machine for ports, every other second.
  'remote.autoForwardPortsSource': 'output',
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.commandCenter': false,
  'workbench.editor.useModal': 'off',
  'workbench.enableExperiments': false,
  'workbench.layoutControl.enabled': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};
