import type { Event } from '../common/emitter';
import type { Log } from '../common/log';
import type { Storage } from '../storage/module';
import { RecordStore } from '../storage/recordStore';
import { APP_SECRETS_KIND, AppSecrets } from './appSecrets';
import { Settings, type SettingReader, type SettingsChange } from './settings';

/** Dependencies of {@link createApps}. */
export interface AppsDependencies {
  readonly readSetting: SettingReader;
  readonly onDidChangeSettings: Event<SettingsChange>;
  readonly storage: Pick<Storage, 'secrets' | 'lock'>;
  readonly log: Log;
}

/** The configured Box apps, and their secrets. */
export interface Apps {
  readonly settings: Settings;
  readonly appSecrets: AppSecrets;
}

/** Builds what reads the settings and keeps the secrets of apps. Nothing is read yet. */
export function createApps({ readSetting, onDidChangeSettings, storage, log }: AppsDependencies): Apps {
  return {
    settings: new Settings(readSetting, onDidChangeSettings),
    appSecrets: new AppSecrets(new RecordStore(storage.secrets, APP_SECRETS_KIND, log), storage.lock),
  };
}
