//! Who answers where: channels that belong to somebody, chances, who is meant.

use crate::home::{GRIM_SAYS, Home, MABEL_SAYS, REX_SAYS};

#[tokio::test]
async fn a_bound_channel_needs_no_name() {
    let home = Home::open().await;
    let mabel = [("personality", "mabel")];
    let bound = home.uses(home.gus, home.channel, "bind", &mabel).await;
    bound.says(&["**Mabel** answers everything in", "from now on"]);
    home.until_known().await;
    home.says(home.ann, home.channel, "what a day");
    home.until_said("Mabel", home.channel, 1).await;

    let kitchen = home.kitchen.to_string();
    let rex = [("personality", "rex"), ("channel", kitchen.as_str())];
    home.uses(home.gus, home.channel, "bind", &rex).await.says(&["**Rex** answers everything in"]);
    let grim = [("personality", "grim"), ("channel", kitchen.as_str())];
    let bound = home.uses(home.gus, home.channel, "bind", &grim).await;
    bound.says(&["in the place of **Rex**"]);
    let show = home.uses(home.gus, home.kitchen, "persona show", &[]).await;
    show.says(&["bound to: **Grim**"]);

    let unbound = home.uses(home.gus, home.channel, "unbind", &[]).await;
    unbound.says(&["is bound to nobody."]);
    home.until_known().await;
    home.says(home.ann, home.channel, "what a night");
    home.says(home.ann, home.kitchen, "what a smell");
    home.until_said("Grim", home.kitchen, 1).await;
    assert_eq!(home.said_by("Mabel", home.channel), [MABEL_SAYS], "nobody is bound there any more");
    assert_eq!(home.said_by("Grim", home.kitchen), [GRIM_SAYS]);
}

#[tokio::test]
async fn chances_and_who_is_meant_are_set_for_a_channel() {
    let home = Home::open().await;
    let shown = home.uses(home.gus, home.channel, "persona show", &[]).await;
    shown.says(&["bound to: nobody", "chimes in: as each one likes"]);
    let rex = [("personality", "rex")];
    let set = home.uses(home.gus, home.channel, "persona default", &rex).await;
    set.says(&["**Rex** answers"]);
    let always = home.uses(home.gus, home.kitchen, "persona chance", &[("percent", "100")]).await;
    always.says(&["100 of 100 messages"]);
    home.until_known().await;

    let bot = home.app.user_id;
    home.says(home.ann, home.channel, &format!("<@{bot}> who is there?"));
    home.until_said("Rex", home.channel, 1).await;
    assert_eq!(home.said_by("Rex", home.channel), [REX_SAYS]);
    let unasked = home.says(home.ann, home.kitchen, "I wonder what is for dinner.");
    assert_eq!(home.why(unasked).await.addressed, "chance");

    home.uses(home.gus, home.channel, "persona default", &rex).await;
    let nobody = home.uses(home.gus, home.channel, "persona default", &[]).await;
    nobody.says(&["Nobody in particular answers a bare mention"]);

    let never = home.uses(home.gus, home.kitchen, "persona chance", &[("percent", "0")]).await;
    never.says(&["nobody speaks unasked"]);
    home.until_known().await;
    let shown = home.uses(home.gus, home.kitchen, "persona show", &[]).await;
    shown.says(&["chimes in: 0 of 100 messages"]);
    let n_calls = home.bedrock.calls().len();
    // Whose luck it was to answer at dinner, nobody chose: it may have been his.
    let n_said = home.said_by("Rex", home.kitchen).len();
    home.says(home.ann, home.kitchen, "I wonder what is for breakfast.");
    // What is said to somebody after it is dealt with after it.
    home.says(home.ann, home.kitchen, "Rex, what is for breakfast?");
    home.until_said("Rex", home.kitchen, n_said + 1).await;
    assert_eq!(home.bedrock.calls().len(), n_calls + 1);
}
