//! The wiser self of a personality, for one answer or until it is turned off.

use crate::home::{Home, MABEL_SAYS, MABEL_SAYS_WISELY};

#[tokio::test]
async fn the_wiser_self_answers_once_or_until_it_is_turned_off() {
    let home = Home::open().await;
    let question = [("personality", "mabel"), ("question", "shall I stay?")];
    let asked = home.uses(home.ann, home.channel, "higherself ask", &question).await;
    assert_eq!(asked.text, "-# Ann asks Mabel: shall I stay?");
    home.until_said("Mabel", home.channel, 1).await;
    home.says(home.ann, home.channel, "Mabel, and now?");
    home.until_said("Mabel", home.channel, 2).await;

    let mabel = [("personality", "mabel")];
    let on = home.uses(home.gus, home.channel, "higherself on", &mabel).await;
    on.says(&["**Mabel** answers as its wiser self", "until `/higherself off`"]);
    home.says(home.ann, home.channel, "Mabel, shall I go?");
    home.until_said("Mabel", home.channel, 3).await;
    home.says(home.ann, home.kitchen, "Mabel, shall I go?");
    home.until_said("Mabel", home.kitchen, 1).await;

    let off = home.uses(home.gus, home.channel, "higherself off", &mabel).await;
    off.says(&["**Mabel** is its everyday self"]);
    home.says(home.ann, home.channel, "Mabel, hello again!");
    home.until_said("Mabel", home.channel, 4).await;
    assert_eq!(
        home.said_by("Mabel", home.channel),
        [MABEL_SAYS_WISELY, MABEL_SAYS, MABEL_SAYS_WISELY, MABEL_SAYS]
    );
    assert_eq!(home.said_by("Mabel", home.kitchen), [MABEL_SAYS], "another channel is as it was");
}

#[tokio::test]
async fn who_has_no_wiser_self_keeps_the_one_there_is() {
    let home = Home::open().await;
    let told = home.uses(home.gus, home.channel, "higherself on", &[("personality", "grim")]).await;
    told.says(&["**Grim** has no wiser self"]);
    let told =
        home.uses(home.ann, home.channel, "higherself on", &[("personality", "mabel")]).await;
    told.says(&["You need the permission Manage Channels"]);
}
