import { BoxClient } from 'box-node-sdk';
import { BoxTokenAuthentication } from './boxTokenAuthentication.js';

const MINUTE_MS = 60_000;

/** Says every minute what is in the root folder, until it is stopped: longer than any access token lives. */
async function main(): Promise<void> {
  const client = new BoxClient({ auth: new BoxTokenAuthentication() });
  for (;;) {
    const { entries = [] } = await client.folders.getFolderItems('0');
    console.log(
      `${new Date().toISOString()}  ${entries.length} items: ${entries.map(({ name }) => name).join(', ')}`,
    );
    await new Promise((resolve) => setTimeout(resolve, MINUTE_MS));
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
