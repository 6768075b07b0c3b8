/**
 * The path of a web socket with an engine session of its owner's own: `/app/{id}/identity/{owner}`. A client's own
 * identity stays a part of it, so that it has engine sessions of its own as well. Other paths stay as they are.
 *
 * @param path as Qlik has it below its prefix
 * @param owner letters and digits
 */
export function withOwnEngineSession(path: string, owner: string): string {
  const [root, app, id = '', ...rest] = path.split('/')
  if (root !== '' || app !== 'app' || id === '') return path
  // After the app, names and values take turns: identity, ttl.
  const at = rest.findIndex((name, place) => place % 2 === 0 && name.toLowerCase() === 'identity')
  const given = at === -1 ? undefined : rest[at + 1]
  const identity = given ? `${owner}-${given}` : owner
  const others = at === -1 ? rest : rest.toSpliced(at, 2)
  return ['', app, id, 'identity', identity, ...others].join('/')
}
