import type { AuditLog } from './audit-log.ts'

/** Where a line belongs, in a gateway that has several sites or deployments. */
export interface AuditPlace {
  readonly site?: string
  readonly upstream?: string
}

/** The same log, whose lines say where they belong. */
export function auditAt(audit: AuditLog, place: AuditPlace): AuditLog {
  if (Object.keys(place).length === 0) return audit
  const { site } = place
  return {
    record: (event) => audit.record({ ...place, ...event }),
    recordLater: (event) => audit.recordLater({ ...place, ...event }),
    countDenial: (denial) => audit.countDenial(site === undefined ? denial : { site, ...denial }),
    get healthy() {
      return audit.healthy
    },
    close: () => audit.close(),
  }
}
