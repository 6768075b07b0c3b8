import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Store } from '../store/store.ts'
import { deriveChainKey, type Place } from './chain.ts'
import type { Link } from './chain-writer.ts'
import { type AuditFileName, parseFileName, sortFileNames } from './file-names.ts'
import { isPlace, readChain } from './read-chain.ts'

/** Where earlier boots ended, and the anchors that the links to them replace. */
export interface EarlierBoots {
  readonly links: readonly Link[]
  readonly anchorIds: readonly string[]
}

/**
 * Finds the boots that a new one links to: those that the store has anchors of; without any, the newest in the
 * folder. A link names the last line that is there and fits, and never one before the anchor.
 */
export async function findEarlierBoots(options: {
  readonly folder: string
  readonly key: Uint8Array
  readonly node: string
  readonly store: Store
}): Promise<EarlierBoots> {
  const { folder, key, node, store } = options
  const files = sortFileNames(await readdir(folder))
  const anchors = await readAnchors(store)
  const own = anchors
    .filter((one) => one.node === node || files.some(({ name }) => name === one.place.file))
    .sort((a, b) => b.at - a.at)
    .slice(0, maxLinks)
  const newest = files.at(-1)
  if (own.length === 0 && newest !== undefined) {
    const link = await readTail(folder, key, [newest])
    return { links: link === undefined ? [] : [link], anchorIds: [] }
  }
  const links: Link[] = []
  for (const { place } of own) {
    const boot = parseFileName(place.file)?.boot
    const its = files.filter((file) => file.boot === boot)
    links.push((await readTail(folder, key, its, place)) ?? place)
  }
  return { links, anchorIds: own.map(({ id }) => id) }
}

/** More than one is left behind only where several processes write as one node. */
const maxLinks = 16

/** An anchor in the store: where the log of one boot stood. */
export interface Anchor {
  readonly id: string
  readonly node: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly place: Place
}

/** The anchors that a store holds. */
export async function readAnchors(store: Pick<Store, 'list'>): Promise<readonly Anchor[]> {
  const anchors: Anchor[] = []
  for await (const { id, record } of store.list('audit-anchor')) {
    const { node, at, file, seq, mac } = record
    const place = { file, seq, mac }
    if (isPlace(place) && typeof node === 'string' && typeof at === 'number')
      anchors.push({ id, node, at, place })
  }
  return anchors
}

/** The last line that fits, from the anchor on. What stands behind a line that does not fit proves nothing. */
async function readTail(
  folder: string,
  key: Uint8Array,
  files: readonly AuditFileName[],
  anchor?: Place,
): Promise<Link | undefined> {
  const from = anchor === undefined ? 0 : files.findIndex(({ name }) => name === anchor.file)
  if (from < 0) return anchor
  let tail: Place | undefined = anchor
  let isTorn = false
  for (const { name, boot } of files.slice(from)) {
    let isPast = name !== anchor?.file
    const end = await readChain(
      join(folder, name),
      deriveChainKey(key, boot),
      ({ sealed, isAuthentic }) => {
        if (isPast && isAuthentic && sealed) tail = { file: name, ...sealed }
        else if (isPast) return false
        else isPast = isAuthentic && sealed?.seq === anchor?.seq && sealed?.mac === anchor?.mac
        return true
      },
    ).catch(() => undefined)
    if (end === undefined || !isPast) break
    isTorn = end.tornBytes > 0
  }
  return tail && (isTorn ? { ...tail, torn: true } : tail)
}
