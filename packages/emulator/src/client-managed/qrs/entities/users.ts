import { newUser } from '../../repository/users.ts'
import { labels, strings, text, yesNo } from '../fields.ts'
import { badRequest, duplicate } from '../refusal.ts'
import type { EntityType } from './entity-type.ts'

/** As long as a name of a user may be. */
const nameLength = 255

export const users: EntityType = {
  path: 'user',
  type: 'User',
  fields: {
    ...labels,
    userId: { kind: 'string', maxLength: nameLength },
    userDirectory: { kind: 'string', maxLength: nameLength },
    userDirectoryConnectorName: text,
    name: { kind: 'string', maxLength: nameLength },
    roles: strings,
    attributes: {
      kind: 'parts',
      schemaPath: 'UserAttribute',
      fields: { attributeType: text, attributeValue: text, externalId: text },
    },
    inactive: yesNo,
    removedExternally: yesNo,
    blacklisted: yesNo,
    deleteProhibited: yesNo,
  },
  condensed: ['userId', 'userDirectory', 'name'],
  writes: ['create', 'update', 'delete'],
  collection: (repository) => repository.users,
  defaults: () => ({ ...newUser({ directory: '', id: '' }) }),
  check({ draft, repository, before }) {
    const { userId, userDirectory, name } = draft
    if (userId === '' || userDirectory === '')
      return badRequest('userId and userDirectory are required')
    const found = repository.findUser({ directory: String(userDirectory), id: String(userId) })
    if (found !== undefined && found.id !== before?.id)
      return duplicate(`The user ${userDirectory}\\${userId} exists already`)
    return { ...draft, name: name === '' ? userId : name }
  },
  refuseDelete: ({ deleteProhibited }) =>
    deleteProhibited === true ? badRequest('The user must not be deleted') : undefined,
}
