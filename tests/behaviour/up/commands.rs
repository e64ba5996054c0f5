//! Every command that [`super::by_hand`] leaves out, used in the page: its form filled in, its buttons pressed,
//! its answer read.

use std::time::Duration;

use tests::Page;

use super::{
    by_hand::{PRIVATE, SAID, begin, choose, talk, until_answered_again, visit},
    picture,
};

/// Fills in a command and sends it. What suggests something has the suggestion taken.
async fn use_command(page: &mut Page, command: &str, options: &[(&str, &str)]) {
    begin(page, command).await;
    for (option, text) in options {
        let field =
            format!("#command label:has(> span:text-is('{option}')) > :is(input, textarea)");
        if page.count(&field).await == 0 {
            page.click(&format!("#command .add-option:text-is('{option}')")).await;
        }
        page.fill(&field, text).await;
        if page.attribute(&field, "role").await == "combobox" {
            page.wait_for_text(".completion[aria-selected=true]", text).await;
            page.press(&field, "Enter").await;
        }
    }
    page.click("#command .send").await;
    page.wait_until_gone("#command:not([hidden])").await;
}

/// Uses a command that answers privately, and returns what it says once that contains `part`.
async fn told(page: &mut Page, command: &str, options: &[(&str, &str)], part: &str) -> String {
    use_command(page, command, options).await;
    page.wait_for_text(PRIVATE, part).await
}

/// Uses a command that a personality answers.
async fn answered(page: &mut Page, command: &str, options: &[(&str, &str)]) {
    let before = page.count(".why-line").await;
    use_command(page, command, options).await;
    page.wait_for_text(&format!(":nth-match(.why-line, {})", before + 1), "understudy").await;
}

async fn press(page: &mut Page, button: &str) {
    page.click(&format!("{PRIVATE} button:text-is('{button}')")).await;
}

async fn become_person(page: &mut Page, name: &str) {
    page.click(&format!(".people >> text={name}")).await;
}

async fn say(page: &mut Page, text: &str) {
    page.fill("#text", text).await;
    page.press("#text", "Enter").await;
    page.wait_for_text(".msg.person .body", text).await;
}

/// How old the listener's settings may be soon after a command.
const SETTINGS_AGE: Duration = Duration::from_millis(1_100);
const BARONESS: (&str, &str) = ("personality", "Baroness Crumb");

#[tokio::test]
async fn personalities_are_asked_set_on_somebody_and_asked_in_earnest() {
    let data = tempfile::tempdir().unwrap();
    let (_up, mut page) = visit(&data).await;
    let list = told(&mut page, "personalities", &[], "Baroness Crumb").await;
    assert!(list.contains("Coach Turbo") && list.contains("Detective Chirp"), "{list}");

    answered(&mut page, "ask", &[BARONESS, ("question", "What goes with soup?")]).await;
    page.wait_for_text(".msg", "Robin asks Baroness Crumb: What goes with soup?").await;
    answered(&mut page, "roast", &[("person", "Ann"), ("personality", "Detective Chirp")]).await;
    page.wait_for_text(".msg", "Robin has Detective Chirp roast Ann").await;
    page.screenshot(&picture("page-roast.png")).await;

    become_person(&mut page, "Ben").await;
    say(&mut page, "I can boil water without burning it.").await;
    become_person(&mut page, "Robin").await;
    let before = page.count(".why-line").await;
    choose(&mut page, ".msg.person", "Roast this").await;
    page.wait_for_text(&format!(":nth-match(.why-line, {})", before + 1), "understudy").await;
    page.wait_for_text(".msg", "roast Ben").await;

    let advice = [BARONESS, ("question", "Shall I move out?")];
    answered(&mut page, "higherself ask", &advice).await;
    told(&mut page, "higherself on", &[BARONESS], "answers as its wiser self").await;
    told(&mut page, "higherself off", &[BARONESS], "is its everyday self").await;
    assert_eq!(page.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_thing_a_person_and_a_channel_are_forgotten_after_a_second_question() {
    let data = tempfile::tempdir().unwrap();
    let (_up, mut page) = visit(&data).await;
    for what in ["my cat is called Soup", "I walk at night"] {
        told(&mut page, "remember", &[("what", what), BARONESS], what).await;
    }
    become_person(&mut page, "Ann").await;
    say(&mut page, "I am allergic to celery.").await;
    choose(&mut page, ".msg.person", "Remember this").await;
    page.wait_for_text(PRIVATE, "celery").await;
    page.screenshot(&picture("page-remember-this.png")).await;

    become_person(&mut page, "Robin").await;
    told(&mut page, "forget thing", &[("what", "the cat"), BARONESS], "Shall Baroness Crumb").await;
    page.screenshot(&picture("page-forget.png")).await;
    press(&mut page, "Forget it").await;
    page.wait_for_text(PRIVATE, "Forgotten: “my cat is called Soup”").await;

    told(&mut page, "forget me", &[], "Keep it").await;
    press(&mut page, "Keep it").await;
    page.wait_for_text(PRIVATE, "Nothing is forgotten.").await;
    told(&mut page, "forget me", &[], "Keep it").await;
    press(&mut page, "Forget me").await;
    page.wait_for_text(PRIVATE, "Nothing of yours is left here.").await;

    told(&mut page, "forget here", &[], "Keep it").await;
    press(&mut page, "Forget this channel").await;
    page.wait_for_text(PRIVATE, "Nothing of this channel is left.").await;
    assert_eq!(page.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_channel_is_given_to_somebody_and_taken_back() {
    let data = tempfile::tempdir().unwrap();
    let (_up, mut page) = visit(&data).await;
    told(&mut page, "bind", &[BARONESS], "Baroness Crumb answers everything in").await;
    told(&mut page, "persona show", &[], "bound to: Baroness Crumb").await;
    // The listener reads what is set once a second after a command.
    tokio::time::sleep(SETTINGS_AGE).await;
    talk(&mut page, "what a day").await;
    told(&mut page, "unbind", &[], "is bound to nobody").await;

    told(&mut page, "persona chance", &[("percent", "0")], "nobody speaks unasked").await;
    let kitchen = [("personality", "Coach Turbo"), ("channel", "#the-kitchen")];
    told(&mut page, "persona default", &kitchen, "Coach Turbo answers").await;
    told(&mut page, "persona default", &[], "Nobody in particular").await;
    let shown = told(&mut page, "persona show", &[], "bound to: nobody").await;
    assert!(shown.contains("0 of 100"), "{shown}");
    page.screenshot(&picture("page-persona.png")).await;
    assert_eq!(page.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_one_does_not_allow_is_kept_to() {
    let data = tempfile::tempdir().unwrap();
    let (_up, mut page) = visit(&data).await;
    told(&mut page, "privacy roasts", &[("allow", "No")], "Nobody may have you roasted").await;
    told(&mut page, "privacy quoting", &[("allow", "No")], "is not told to others").await;
    told(&mut page, "privacy memory", &[("allow", "No")], "nothing you say is kept").await;
    press(&mut page, "Keep it").await;
    page.wait_for_text(PRIVATE, "Nothing is erased.").await;
    let refused = [("what", "I sing"), BARONESS];
    told(&mut page, "remember", &refused, "asked not to be remembered").await;
    let shown = told(&mut page, "privacy show", &[], "Memory: nothing you say is kept").await;
    assert!(shown.contains("Roasts") && shown.contains("Quot"), "{shown}");
    page.screenshot(&picture("page-privacy.png")).await;

    become_person(&mut page, "Ann").await;
    use_command(&mut page, "roast", &[("person", "Robin"), BARONESS]).await;
    page.wait_for_text(SAID, "Robin").await;
    page.click(".why-line").await;
    let why = page.wait_for_text(".why-card", "roast").await;
    assert!(!why.contains("understudy"), "no model was asked: {why}");
    page.screenshot(&picture("page-spared.png")).await;
    assert_eq!(page.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn the_den_is_kept_from_the_page() {
    let data = tempfile::tempdir().unwrap();
    let (_up, mut page) = visit(&data).await;
    told(&mut page, "den limits", &[("person", "9"), ("guild", "500")], "500 in the server").await;
    told(&mut page, "den budget", &[("dollars", "2.50")], "This server may spend $2.50").await;
    told(&mut page, "den retention", &[("days", "30")], "is kept for 30 days").await;
    told(&mut page, "den spend", &[], "Today this server spent").await;

    told(&mut page, "den block", &[("person", "Ben")], "Nobody of us answers").await;
    told(&mut page, "den unblock", &[("person", "Ben")], "We answer").await;
    let turbo = [("personality", "Coach Turbo")];
    told(&mut page, "den pause", &turbo, "Coach Turbo").await;
    told(&mut page, "den resume", &turbo, "Coach Turbo").await;

    told(&mut page, "den allow", &[], "is on the allowlist").await;
    told(&mut page, "den allowlist", &[("on", "Yes")], "The allowlist is on").await;
    told(&mut page, "den allowlist", &[("on", "No")], "The allowlist is off").await;
    told(&mut page, "den disallow", &[], "is not on the allowlist").await;
    let audit = told(&mut page, "den audit", &[], "budget").await;
    assert!(audit.contains("pause turbo") && audit.contains("resume turbo"), "{audit}");
    page.screenshot(&picture("page-audit.png")).await;

    talk(&mut page, "Baroness, what is for dinner?").await;
    choose(&mut page, SAID, "Why did it say that?").await;
    page.wait_for_text(PRIVATE, "Report this reply").await;
    press(&mut page, "Report this reply").await;
    page.fill("#form textarea", "It is about soup again.").await;
    page.screenshot(&picture("page-report.png")).await;
    page.click("#form button[type=submit]").await;
    page.wait_for_text(PRIVATE, "Thank you").await;
    told(&mut page, "den reports", &[], "It is about soup again.").await;
    assert_eq!(page.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_sign_explains_or_asks_again_and_the_menu_takes_back() {
    let data = tempfile::tempdir().unwrap();
    let (_up, mut page) = visit(&data).await;
    become_person(&mut page, "Ann").await;
    talk(&mut page, "Baroness, what do you think of my lunch?").await;
    let sign = async |page: &mut Page, means: &str| {
        choose(page, SAID, "Add a reaction").await;
        page.click(&format!("#popup .sign:has-text('{means}')")).await;
    };
    sign(&mut page, "why did it say that?").await;
    page.wait_for_text(".msg", "Baroness Crumb answered because").await;

    let first = page.attribute(SAID, "id").await;
    sign(&mut page, "answer again").await;
    until_answered_again(&mut page, &first).await;

    let second = page.attribute(SAID, "id").await;
    choose(&mut page, SAID, "Delete").await;
    page.wait_until_gone(&format!("#{second}")).await;
    page.wait_for_text(PRIVATE, "It is gone, and forgotten.").await;
    assert_eq!(page.complaints().await, Vec::<String>::new());
}
