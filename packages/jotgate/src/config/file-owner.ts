import { lstatSync, type Stats } from 'node:fs'

/**
 * Says why a configuration file that nobody named must not be obeyed: whoever can write it chooses where
 * tokens are sent. Windows has no such modes.
 *
 * A file of root counts as one's own: root could do anything anyway, and images of containers are made so.
 * So does a file that its group may write, if that is the owner's own group: the same number as the
 * owner, as Linux distributions number it.
 *
 * @param stats of the file itself
 */
export function ownerProblem(path: string, stats: Pick<Stats, 'uid' | 'gid' | 'mode'>) {
  const user = process.getuid?.()
  if (user === undefined) return undefined
  const isOthers = ({ uid }: Pick<Stats, 'uid'>) => uid !== user && uid !== 0
  if (isOthers(stats) || isOthers(lstatSync(path))) return 'belongs to another user'
  const isGroupsOwn = stats.gid === stats.uid
  if ((stats.mode & 0o002) !== 0 || ((stats.mode & 0o020) !== 0 && !isGroupsOwn))
    return 'can be written by other users'
  return undefined
}
