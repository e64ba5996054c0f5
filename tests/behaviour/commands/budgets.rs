//! Money and limits, as those who manage a server set them.

use chat::Outcome;

use crate::home::{GRIM_SAYS, Home, OVER_BUDGET, OVER_LIMIT};

#[tokio::test]
async fn what_was_spent_is_told_to_those_who_manage_the_server() {
    let home = Home::open().await;
    let nothing = home.uses(home.gus, home.channel, "den spend", &[]).await;
    nothing.says(&["Today this server spent $0", "without a budget"]);
    let budget = home.uses(home.gus, home.channel, "den budget", &[("dollars", "2.5")]).await;
    budget.says(&["This server may spend $2.5"]);
    home.says(home.ann, home.channel, "Grim, what is for dinner?");
    home.until_said("Grim", home.channel, 1).await;
    let spent = home.uses(home.gus, home.channel, "den spend", &[]).await;
    spent.says(&["Today this server spent under $0.0001 of $2.50", "- **Grim**:", "1 answer by"]);
}

#[tokio::test]
async fn when_the_budget_is_spent_one_line_says_so_and_then_nobody_speaks() {
    let home = Home::open().await;
    // Less than one answer may cost.
    home.uses(home.gus, home.channel, "den budget", &[("dollars", "0.0001")]).await;
    home.says(home.ann, home.channel, "Grim, what is for dinner?");
    let line = home.until_said("Grim", home.channel, 1).await;
    let why = home.why(line.id).await;
    assert_eq!((why.outcome, why.reason.as_deref()), (Outcome::Line, Some("over_budget")));
    let (before, after) = OVER_BUDGET.split_once("{when}").unwrap();
    let said = &home.said_by("Grim", home.channel)[0];
    assert!(said.starts_with(before) && said.ends_with(after), "{said}");

    for (who, question) in [(home.ann, "Grim, please?"), (home.ben, "Mabel, and you?")] {
        let ignored = home.says(who, home.kitchen, question);
        let why = home.why(ignored).await;
        assert_eq!((why.outcome, why.reason.as_deref()), (Outcome::Silent, Some("over_budget")));
    }
    let asked = [("personality", "grim"), ("question", "please?")];
    let told = home.uses(home.ann, home.channel, "ask", &asked).await;
    assert_eq!(told.text, "Grim has talked enough for today.");
    assert!(told.is_private, "nobody else asked");
    assert_eq!(home.bedrock.calls().len(), 0);

    home.uses(home.gus, home.channel, "den budget", &[("dollars", "1")]).await;
    home.says(home.ann, home.channel, "Grim, and now?");
    let reply = home.until_said("Grim", home.channel, 2).await;
    assert_eq!(home.said_by("Grim", home.channel)[1], GRIM_SAYS);

    home.why(reply.id).await;
    home.uses(home.gus, home.channel, "den budget", &[("dollars", "0.0001")]).await;
    let kept = home.opens(home.ann, reply.id, "Answer again").await;
    kept.says(&["**Grim** has no answer left to give right now, so this one stays."]);
    assert_eq!(home.said_by("Grim", home.channel)[1], GRIM_SAYS);
}

#[tokio::test]
async fn a_limit_is_told_once_and_then_kept() {
    let home = Home::open().await;
    let one = home.uses(home.gus, home.channel, "den limits", &[("guild", "1")]).await;
    one.says(&["1 in the server per day"]);
    home.says(home.ann, home.channel, "Grim, what is for dinner?");
    home.until_said("Grim", home.channel, 1).await;
    home.says(home.ben, home.channel, "Grim, and for breakfast?");
    let line = home.until_said("Grim", home.channel, 2).await;
    assert_eq!(home.why(line.id).await.reason.as_deref(), Some("over_limit"));
    let (before, after) = OVER_LIMIT.split_once("{when}").unwrap();
    let said = &home.said_by("Grim", home.channel)[1];
    assert!(said.starts_with(before) && said.ends_with(after), "{said}");
    let ignored = home.says(home.ann, home.kitchen, "Grim, and for tea?");
    let why = home.why(ignored).await;
    assert_eq!((why.outcome, why.reason.as_deref()), (Outcome::Silent, Some("over_limit")));
    assert_eq!(home.bedrock.calls().len(), 1);
}

#[tokio::test]
async fn how_long_words_are_kept_is_set_and_told() {
    let home = Home::open().await;
    let set = home.uses(home.gus, home.channel, "den retention", &[("days", "30")]).await;
    set.says(&["is kept for 30 days"]);
    let told = home.uses(home.ann, home.channel, "privacy show", &[]).await;
    told.says(&["is kept for 30 days here"]);
}
