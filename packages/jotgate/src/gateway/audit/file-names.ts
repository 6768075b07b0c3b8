/** What the name of a file says. */
export interface AuditFileName {
  readonly name: string
  readonly node: string
  /** When the process began, with milliseconds: `20261128T231500123Z`. */
  readonly bootTime: string
  readonly boot: string
  /** Counts from 1 in each boot. */
  readonly part: number
}

/** Whether a string may name a node: letters, digits, dots and hyphens. */
export function isNodeName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9.-]{0,62}$/.test(text)
}

/** `qlik-1_20261128T231500123Z_0011223344556677_0001.jsonl` */
export function toFileName({ node, bootTime, boot, part }: Omit<AuditFileName, 'name'>): string {
  return `${node}_${bootTime}_${boot}_${String(part).padStart(4, '0')}.jsonl`
}

/** `20261128T231500123Z` */
export function toBootTime(at: number): string {
  return new Date(at).toISOString().replaceAll(/[-:.]/g, '')
}

/** Reads the name of a file; undefined when it is not one of this log. */
export function parseFileName(name: string): AuditFileName | undefined {
  const [, node, bootTime, boot, part] = nameForm.exec(name) ?? []
  if (node === undefined || bootTime === undefined || boot === undefined || !isNodeName(node))
    return undefined
  return { name, node, bootTime, boot, part: Number(part) }
}

/** Oldest first; the parts of a boot in their order. */
export function sortFileNames(names: readonly string[]): AuditFileName[] {
  return names.flatMap((name) => parseFileName(name) ?? []).sort(compareFileNames)
}

/** Which of two is older: negative for the first. */
export function compareFileNames(a: AuditFileName, b: AuditFileName): number {
  return compare(bootOf(a), bootOf(b)) || a.part - b.part
}

const nameForm = /^([^_]+)_(\d{8}T\d{9}Z)_([0-9a-f]{16})_(\d{4,9})\.jsonl$/
const bootOf = ({ node, bootTime, boot }: AuditFileName) => `${bootTime}_${node}_${boot}`
const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b))
