import type { OptionSpec } from '../command.ts'

/** Many users at once; what reads them is loaded when it is asked for. */
export const batchOptions: readonly OptionSpec[] = [
  {
    flags: '--batch <file>',
    description: 'users from a CSV file or JSON lines; - is stdin; tokens come as JSON lines',
  },
]
