package dev.baton.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** Members of one cluster that turn out to use several stores: one group goes on, and every node finds the same. */
class MemberStoresTest {

    @Test
    void aNodeWhoseMembersUseItsStoreOrDoNotSayMayServe() {
        MemberStores stores = new MemberStores("b", "one");
        assertThat(stores.outvoted(Set.of("a", "c"))).isEmpty();
        stores.heard("a", "one");
        stores.heard("c", "");
        assertThat(stores.outvoted(Set.of("a", "c"))).isEmpty();
    }

    @Test
    void theStoreOfMostMembersGoesOn() {
        MemberStores few = new MemberStores("a", "two");
        few.heard("b", "one");
        few.heard("c", "one");
        assertThat(few.outvoted(Set.of("b", "c")))
                .hasValueSatisfying(why -> assertThat(why).contains("b, c", "store one", "this one two"));
        MemberStores many = new MemberStores("b", "one");
        many.heard("a", "two");
        many.heard("c", "one");
        assertThat(many.outvoted(Set.of("a", "c"))).isEmpty();
    }

    @Test
    void ofTwoEqualGroupsThatWithTheLowestNameGoesOn() {
        MemberStores low = new MemberStores("a", "two");
        low.heard("b", "one");
        assertThat(low.outvoted(Set.of("b"))).isEmpty();
        MemberStores high = new MemberStores("b", "one");
        high.heard("a", "two");
        assertThat(high.outvoted(Set.of("a"))).isPresent();
    }

    @Test
    void aMemberThatHasLeftDoesNotCount() {
        MemberStores stores = new MemberStores("b", "one");
        stores.heard("a", "two");
        assertThat(stores.outvoted(Set.of())).isEmpty();
        assertThat(stores.outvoted(Set.of("a"))).as("until it is heard again").isEmpty();
    }
}
