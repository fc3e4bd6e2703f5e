import type { Log } from '../../../src/common/log';

/** One line of a log. */
export interface LogLine {
  readonly level: keyof Log;
  readonly message: string;
}

/** A log that keeps its lines. */
export class RecordingLog implements Log {
  readonly lines: LogLine[] = [];

  /** The messages, of one level when it is given. */
  messages(level?: keyof Log): string[] {
    return this.lines.filter((line) => level === undefined || line.level === level).map((l) => l.message);
  }

  debug(message: string): void {
    this.lines.push({ level: 'debug', message });
  }

  info(message: string): void {
    this.lines.push({ level: 'info', message });
  }

  warn(message: string): void {
    this.lines.push({ level: 'warn', message });
  }

  error(message: string): void {
    this.lines.push({ level: 'error', message });
  }
}
