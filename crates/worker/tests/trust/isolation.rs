//! measure
use crate::steward::Ask;
use crate::world::*;
use bedrock_sim::Play;
use std::time::Instant;

#[tokio::test]
async fn measure() {
    for prices in
        ["", "[[price]]\nmodels = [\"anthropic.claude-haiku-5-5\"]\ninput = 0\noutput = 0\n"]
    {
        let world = World::new(vec![resident("grim", "Grim")], prices).await;
        world.bedrock.answer_with(|_| Play::say("Soup."));
        let guild = world.sim.world().add_guild("g");
        let channel = world.sim.world().add_text_channel(guild, "general").unwrap();
        let ann = world.sim.world().add_person("Ann");
        world.sim.world().join(ann, guild).unwrap();
        let grim = "grim".parse().unwrap();
        for round in 0..4 {
            let t = Instant::now();
            let n0 = world.sim.world().request_count();
            for n in 0..30 {
                let text = format!("Grim, anchors are heavy and so is number {n} of {round}");
                let event = world.says(&Saying {
                    guild: Some(guild),
                    channel,
                    by: ann,
                    to: &grim,
                    text: &text,
                });
                let v = serve(&world.worker, &[event]).await;
                assert_eq!(v, [den_worker::Verdict::Done]);
            }
            println!(
                "30 turns {:?}, {} discord requests",
                t.elapsed(),
                world.sim.world().request_count() - n0
            );
        }
        let t = Instant::now();
        for n in 0..3 {
            let events: Vec<_> = (0..10)
                .map(|k| {
                    let text = format!("Grim, burst {n} {k}");
                    world.says(&Saying {
                        guild: Some(guild),
                        channel,
                        by: ann,
                        to: &grim,
                        text: &text,
                    })
                })
                .collect();
            let v = serve(&world.worker, &events).await;
            assert_eq!(v.len(), 10);
        }
        println!("3 bursts of 10 {:?}", t.elapsed());
        let t = Instant::now();
        for _ in 0..30 {
            world.store.window(twilight_model::id::Id::new(5), &grim).await.unwrap();
        }
        println!("30 window queries {:?}", t.elapsed());
        let t = Instant::now();
        for _ in 0..30 {
            let a = world
                .ask(
                    &world.worker,
                    ann,
                    channel,
                    &Ask::Command {
                        name: "memories",
                        options: &[("personality", "grim")],
                        about: None,
                    },
                )
                .await;
            assert!(!a.words().is_empty());
        }
        println!("30 memories {:?}", t.elapsed());
        let t = Instant::now();
        for n in 0..30 {
            world
                .ask(
                    &world.worker,
                    ann,
                    channel,
                    &Ask::Command {
                        name: "remember",
                        options: &[("personality", "grim"), ("what", &format!("I like soup {n}"))],
                        about: None,
                    },
                )
                .await;
        }
        println!("30 remember {:?}", t.elapsed());
    }
}
