import type { Collection } from '../../repository/collection.ts'
import type { AccessAllocation } from '../../repository/licence.ts'
import type { Repository } from '../../repository/repository.ts'
import { date, yesNo } from '../fields.ts'
import { badRequest, duplicate } from '../refusal.ts'
import type { EntityType } from './entity-type.ts'

function accessType(
  path: string,
  type: string,
  collection: (repository: Repository) => Collection<AccessAllocation>,
): EntityType {
  return {
    path: `license/${path}`,
    type,
    fields: {
      user: { kind: 'reference', to: 'User' },
      lastUsed: date,
      excess: yesNo,
      quarantined: yesNo,
      quarantineEnd: date,
    },
    condensed: ['user', 'lastUsed', 'quarantined', 'quarantineEnd'],
    writes: ['create', 'delete'],
    collection,
    defaults: () => ({
      user: null,
      lastUsed: '1753-01-01T00:00:00.000Z',
      excess: false,
      quarantined: false,
      quarantineEnd: '1753-01-01T00:00:00.000Z',
    }),
    check({ draft, repository }) {
      const { user } = draft as { user: { id: string } }
      const allocated = collection(repository).list()
      if (allocated.some((one) => one.user.id === user.id))
        return duplicate('The user has this access already')
      if (allocated.length >= repository.licence.total)
        return badRequest('No access of this kind is left')
      return draft
    },
  }
}

export const professionalAccess = accessType(
  'professionalaccesstype',
  'License.ProfessionalAccessType',
  (repository) => repository.licence.professional,
)

export const analyzerAccess = accessType(
  'analyzeraccesstype',
  'License.AnalyzerAccessType',
  (repository) => repository.licence.analyzer,
)
