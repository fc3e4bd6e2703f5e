import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/common/clock';
import { SessionStore } from '../../../src/sessions/store/sessionStore';
import {
  SESSION_KIND,
  type LiveSession,
  type SessionRecord,
} from '../../../src/sessions/store/sessionRecord';
import { SignOutMarks } from '../../../src/sessions/lifecycle/signOutMarks';
import { ABSENT, seal } from '../../../src/storage/store/envelope';
import { FolderWatcher } from '../../../src/storage/folderWatcher';
import { RecordStore } from '../../../src/storage/recordStore';
import { MemorySecrets } from './memorySecrets';
import { RecordingLog } from './recordingLog';
import { openStorage } from './storage';

const ORIGINS = { account: 'https://account.box.com', api: 'https://api.box.com' };
const SIGNED_IN_AT = Date.UTC(2026, 0, 15, 12);

/** The usable session of a person, whose account is named by the same word; an hour of life from noon on. */
export function sessionOf(person: string, changes: Partial<LiveSession> = {}): LiveSession {
  const login = `${person}@example.com`;
  return {
    id: `session-${person}`,
    origins: ORIGINS,
    clientId: 'client',
    appName: 'Example App',
    user: { id: person, login, name: person },
    account: { id: person, label: login },
    scopes: [],
    signedInAt: SIGNED_IN_AT,
    pair: {
      accessToken: `token-of-${person}`,
      refreshToken: 'refresh',
      expiresIn: 3600,
      issuedAt: SIGNED_IN_AT,
    },
    ...changes,
  };
}

/** A session store over a storage that holds these sessions. Whoever only reads makes no folder for it. */
export function storeOf(...sessions: readonly SessionRecord[]): SessionStore {
  const [secrets, log] = [new MemorySecrets(), new RecordingLog()];
  for (const session of sessions) {
    secrets.values.set(`${SESSION_KIND.prefix}/${session.id}`, seal(session, 1, 'a window', ABSENT));
  }
  const folder = join(tmpdir(), `box-authentication-${randomUUID()}`);
  const storage = openStorage(secrets, folder, log);
  const records = new RecordStore(storage.secrets, SESSION_KIND, log);
  const marks = new SignOutMarks({
    folder: join(folder, 'marks'),
    storage,
    watcher: (changed) => new FolderWatcher(join(folder, 'marks'), changed, systemClock),
    log,
  });
  const settled = (): Promise<void> => Promise.resolve();
  return new SessionStore({
    records,
    origins: () => ORIGINS,
    marks,
    readMarks: settled,
    isStale: () => false,
    untilCurrent: settled,
    log,
  });
}
