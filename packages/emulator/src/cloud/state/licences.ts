/** What kind of use a licence grants. */
export type LicenceType = 'professional' | 'analyzer'

export const licenceTypes: readonly LicenceType[] = ['professional', 'analyzer']

interface LicenceAssignment {
  readonly subject: string
  type: LicenceType
  readonly created: string
}

/** Who may use the tenant. By subject, as Qlik assigns. */
export interface Licences {
  autoAssignProfessional: boolean
  autoAssignAnalyzer: boolean
  readonly assignments: Map<string, LicenceAssignment>
}

/** A new tenant gives everybody a licence by itself, so that nobody stumbles at the first chart. */
export function licencesOfNewTenant(): Licences {
  return { autoAssignProfessional: true, autoAssignAnalyzer: true, assignments: new Map() }
}

/** Whether a user may work now; with automatic assignment this is when they get their licence. */
export function takeLicence(licences: Licences, subject: string, at: string): boolean {
  if (licences.assignments.has(subject)) return true
  const type = licences.autoAssignProfessional
    ? 'professional'
    : licences.autoAssignAnalyzer
      ? 'analyzer'
      : undefined
  if (type === undefined) return false
  licences.assignments.set(subject, { subject, type, created: at })
  return true
}
