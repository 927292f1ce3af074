/*
 * A store of two copies, of which one serves, and what sessions believe. The copy that serves grants the lock under tokens; the other
 * one is brought up to date now and then. A fail-over lets the other copy serve, with what it has; the first one may live on for those who
 * have not heard of it. What is asked: that no token is ever told to two sessions, and that none from before a fail-over is accepted after it.
 *
 * A token is a pair of an incarnation and a number within it. With fencing, a copy that begins to serve raises the incarnation to one that
 * was never used; without, it goes on with the one that it has.
 */
module store

open util/ordering[Number] as number
open util/ordering[Incarnation] as incarnation

sig Session {}
sig Number {}
sig Incarnation {}

abstract sig Copy {
  var era: one Incarnation,
  var last: one Number,
  var holder: lone Session
}
one sig First, Second extends Copy {}

/** Copies that nodes write to. */
var sig Serving in Copy {}

/** Incarnations that were in use: time has passed them. */
var sig Used in Incarnation {}

/** Who was told that it holds the lock under which token. */
var sig Told in Grant {}
sig Grant { who: one Session, of: one Incarnation, under: one Number }

/** Writes that were accepted, by the token they came with, and the copy's era at that moment. */
var sig Accepted in Write {}
sig Write { by: one Session, token: one Incarnation, nth: one Number, within: one Incarnation }

pred init {
  all c: Copy | c.era = incarnation/first and c.last = number/first and no c.holder
  Serving = First
  Used = incarnation/first
  no Told
  no Accepted
}

pred keepsCopy[c: Copy] { c.era' = c.era and c.last' = c.last and c.holder' = c.holder }

/** The store grants the next token to a session, and the session is told. */
pred claim[c: Copy, s: Session] {
  c in Serving
  some number/next[c.last]
  c.last' = number/next[c.last]
  c.era' = c.era
  c.holder' = s
  some g: Grant | g.who = s and g.of = c.era and g.under = c.last' and Told' = Told + g
  all other: Copy - c | keepsCopy[other]
  Serving' = Serving and Used' = Used and Accepted' = Accepted
}

/** A session writes under a token that it was told; the store accepts it only as the current one of its holder. */
pred write[c: Copy, s: Session] {
  c in Serving
  some g: Told | g.who = s and g.of = c.era and g.under = c.last and c.holder = s
    and (some w: Write | w.by = s and w.token = g.of and w.nth = g.under and w.within = c.era and Accepted' = Accepted + w)
  all any: Copy | keepsCopy[any]
  Serving' = Serving and Used' = Used and Told' = Told
}

/** The second copy gets what the first one has. */
pred replicate {
  Serving = First
  Second.era' = First.era and Second.last' = First.last and Second.holder' = First.holder
  keepsCopy[First]
  Serving' = Serving and Used' = Used and Told' = Told and Accepted' = Accepted
}

/** The second copy serves from now on, and the first one for a while too, or no more. */
pred failOver[fenced: one Bool] {
  Second not in Serving
  keepsCopy[First]
  Serving' = Second or Serving' = First + Second
  fenced = True implies {
    some i: Incarnation - Used {
      incarnation/gt[i, incarnation/max[Used]]
      Second.era' = i and Used' = Used + i
    }
    Second.last' = Second.last and no Second.holder'
  } else {
    keepsCopy[Second] and Used' = Used
  }
  Told' = Told and Accepted' = Accepted
}

/** Nodes on the first copy have heard of the other one. */
pred firstIsLeft {
  Serving = First + Second
  Serving' = Second
  all c: Copy | keepsCopy[c]
  Used' = Used and Told' = Told and Accepted' = Accepted
}

pred rest {
  all c: Copy | keepsCopy[c]
  Serving' = Serving and Used' = Used and Told' = Told and Accepted' = Accepted
}

abstract sig Bool {}
one sig True, False extends Bool {}

pred behaves[fenced: one Bool] {
  init
  always (
    (some c: Copy, s: Session | claim[c, s] or write[c, s])
    or replicate or failOver[fenced] or firstIsLeft or rest)
}

/** For one token, one session is ever told that it holds it. */
pred oneHolderAToken {
  always all a, b: Told | (a.of = b.of and a.under = b.under) implies a.who = b.who
}

/** No write is accepted under a token of another history. */
pred noTokenFromBefore {
  always all w: Accepted | w.token = w.within
}

assert fencedStoreIsSafe { behaves[True] implies (oneHolderAToken and noTokenFromBefore) }
assert unfencedStoreIsSafe { behaves[False] implies oneHolderAToken }

/** The model is not empty: a fail-over after a grant that the other copy lacks, and a grant afterwards. */
pred happens {
  behaves[True]
  eventually (some Told and First.last != Second.last and (some disj a, b: Told | a.of != b.of))
}

check fencedStoreIsSafe for 2 Session, 4 Number, 3 Incarnation, 4 Grant, 2 Write, 1..7 steps
check unfencedStoreIsSafe for 2 Session, 4 Number, 3 Incarnation, 4 Grant, 2 Write, 1..7 steps
run happens for 2 Session, 4 Number, 3 Incarnation, 4 Grant, 2 Write, 1..7 steps
