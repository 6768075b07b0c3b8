// `localhost` has two addresses on many machines, and our servers listen at one. Node gives the first of
// them a quarter of a second before it goes on to the other, which then is the wrong one: too little where
// a test keeps the event loop busy meanwhile.
import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net'

setDefaultAutoSelectFamilyAttemptTimeout(60_000)
