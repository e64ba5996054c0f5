//! Roasts, for those who did not ask to be left alone.

use crate::home::{GRIM_SAYS, Home};

#[tokio::test]
async fn somebody_is_roasted_by_command_and_by_the_menu_of_what_they_said() {
    let home = Home::open().await;
    let ben = home.ben.to_string();
    let options = [("person", ben.as_str()), ("personality", "grim")];
    let asked = home.uses(home.ann, home.channel, "roast", &options).await;
    assert_eq!(asked.text, "-# Ann has Grim roast Ben");
    home.until_said("Grim", home.channel, 1).await;
    assert!(home.last_call().last_user_text().contains("Roast Ben."));
    assert!(home.last_call().body["system"].to_string().contains("in your roast style"));

    let boast = home.says(home.ben, home.channel, "I can boil water without burning it.");
    let asked = home.opens(home.ann, boast, "Roast this").await;
    assert_eq!(asked.text, "-# Ann has Grim roast Ben");
    home.until_said("Grim", home.channel, 2).await;
    assert_eq!(home.said_by("Grim", home.channel), [GRIM_SAYS; 2]);
    let told = home.last_call().last_user_text();
    let quoted = "<quote by=\"Ben\">I can boil water without burning it.</quote>\n";
    assert!(told.contains(&format!("{quoted}<said by=\"Ann\">Roast Ben.")), "{told}");
}

#[tokio::test]
async fn who_opted_out_is_roasted_by_nobody() {
    let home = Home::open().await;
    let off = home.uses(home.ben, home.channel, "privacy roasts", &[("allow", "false")]).await;
    off.says(&["Nobody may have you roasted any more"]);
    let ben = home.ben.to_string();
    let options = [("person", ben.as_str()), ("personality", "grim")];
    home.uses(home.ann, home.channel, "roast", &options).await;
    home.until_said("Grim", home.channel, 1).await;
    let boast = home.says(home.ben, home.channel, "I can boil water without burning it.");
    home.opens(home.ann, boast, "Roast this").await;
    home.until_said("Grim", home.channel, 2).await;
    let kept = "Ben asked not to be roasted, and I keep to that. Offer me yourself?";
    assert_eq!(home.said_by("Grim", home.channel), [kept; 2]);
    assert_eq!(home.bedrock.calls().len(), 0, "no model is asked");

    home.uses(home.ben, home.channel, "privacy quoting", &[("allow", "false")]).await;
    let on = home.uses(home.ben, home.channel, "privacy roasts", &[("allow", "true")]).await;
    on.says(&["You may be roasted again"]);
    home.uses(home.ann, home.channel, "roast", &options).await;
    home.until_said("Grim", home.channel, 3).await;
    assert_eq!(home.bedrock.calls().len(), 1, "not to be quoted is not to be spared");
    home.opens(home.ann, boast, "Roast this").await;
    home.until_said("Grim", home.channel, 4).await;
    let kept = "Ben asked that their words be left alone, and I keep to that. Offer me yours?";
    assert_eq!(home.said_by("Grim", home.channel)[3], kept);
    assert_eq!(home.bedrock.calls().len(), 1, "no model is shown them");
}
