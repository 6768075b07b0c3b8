import type { User } from 'jotgate'

/** Someone of the demonstration. A real application has its own users and its own login. */
export interface DemoUser {
  /** What the sign-in form sends. */
  readonly id: string
  readonly name: string
  readonly role: string
  /** What they see in Qlik, in words, for the card on the sign-in page. */
  readonly sees: string
  readonly email: string
  /** Who they are to Qlik: it never changes, also when the name or the address does. */
  readonly subject: string
  /** Qlik's section access reduces the films by these. */
  readonly groups: readonly string[]
}

/** The four people of the demonstration; `movies-section-access.csv` holds what their groups may see. */
export const demoUsers: readonly DemoUser[] = [
  {
    id: 'ada',
    name: 'Ada Lovelace',
    role: 'Studio manager at Warner Bros.',
    sees: 'The films of Warner Bros.',
    email: 'ada@acme.example',
    subject: 'acme|ada',
    groups: ['studio-warner'],
  },
  {
    id: 'bjorn',
    name: 'Björn Ågren',
    role: 'Studio manager at Paramount Pictures',
    sees: 'The films of Paramount Pictures',
    email: 'bjorn@acme.example',
    subject: 'acme|bjorn',
    groups: ['studio-paramount'],
  },
  {
    id: 'chidi',
    name: 'Chidi Okafor',
    role: 'Market analyst',
    sees: 'The films of six large studios',
    email: 'chidi@acme.example',
    subject: 'acme|chidi',
    groups: ['analysts'],
  },
  {
    id: 'dana',
    name: 'Dana Novak',
    role: 'Press officer',
    sees: 'Nothing yet: the app is not shared with the press',
    email: 'dana@acme.example',
    subject: 'acme|dana',
    groups: ['press'],
  },
]

/** Somebody as Qlik Cloud is told of them. */
export function toCloudUser({ subject, name, email, groups }: DemoUser): User {
  // The portal's own people: the organisation gave them these addresses, so they are verified.
  return { subject, name, email, emailVerified: true, groups }
}

/** Somebody as client-managed Qlik is told of them: the user ID beside the directory of all of the portal's people. */
export function toServerUser({ id, name, email, groups }: DemoUser): User {
  return { subject: id, name, email, groups }
}
