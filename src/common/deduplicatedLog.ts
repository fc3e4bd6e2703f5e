import type { Log } from './log';

/** A log that writes each line once, however often others cause it. */
export class DeduplicatedLog implements Log {
  private readonly written = new Set<string>();

  constructor(private readonly log: Log) {}

  debug(message: string): void {
    this.write('debug', message);
  }

  info(message: string): void {
    this.write('info', message);
  }

  warn(message: string): void {
    this.write('warn', message);
  }

  error(message: string): void {
    this.write('error', message);
  }

  private write(level: keyof Log, message: string): void {
    if (this.written.has(message)) return;
    this.written.add(message);
    this.log[level](message);
  }
}
